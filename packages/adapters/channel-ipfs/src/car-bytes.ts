import { type Cid, readCid } from '@weighbridge/manifest/cid-bytes';

/** Canonical CBOR of {"roots":[CID],"version":1}, but for the CID. */
const BEFORE_CID = Buffer.from([0xa2, 0x65, ...Buffer.from('roots'), 0x81, 0xd8, 0x2a, 0x58]);
const AFTER_CID = Buffer.from([0x67, ...Buffer.from('version'), 0x01]);

const ROOT_BYTES = 36;

/** Header of a CARv1 with one root. */
export function carHeader(root: Cid): Uint8Array {
  // A CID in CBOR is a byte string that begins with 0, the multibase of binary.
  const text = Buffer.concat([BEFORE_CID, Buffer.of(root.bytes.length + 1, 0), root.bytes, AFTER_CID]);
  return Buffer.concat([varint(text.length), text]);
}

/** Bytes of the header whose root is a CIDv1 with SHA2-256: all that roots of ours take. */
export const CAR_HEADER_BYTES = 1 + BEFORE_CID.length + 2 + ROOT_BYTES + AFTER_CID.length;

/** The root that the start of a CAR names; whether the rest of the header is as it must be is another matter. */
export function carRoot(start: Uint8Array): Cid | undefined {
  const at = 1 + BEFORE_CID.length + 2;
  return start.length < CAR_HEADER_BYTES ? undefined : readCid(start.slice(at, at + ROOT_BYTES));
}

/** What stands before a block's bytes in a CARv1. */
export function carSectionHead({ bytes }: Cid, blockBytes: number): Uint8Array {
  return Buffer.concat([varint(bytes.length + blockBytes), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}
