import { createHash } from 'node:crypto';
import { chunkCount, chunkLength } from '@weighbridge/core/tree';
import { ProtobufWriter } from './protobuf-writer.js';

/** manifest-v1 §5, profile unixfs-v1-2025: CIDv1, raw leaves, SHA2-256, 1 MiB chunks, 1,024 links a node, balanced. */
const MAX_LINKS = 1024;
const RAW = 0x55;
const DAG_PB = 0x70;
const SHA2_256 = 0x12;
const UNIXFS_FILE = 2;

/** More than a link takes in a node, in both of its lists, and than a node takes without its links. */
const LINK_BYTES = 80;
const NODE_BYTES = 64;

const SHA256_BYTES = 32;
const CID_BYTES = 36;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

interface Link {
  readonly cid: Uint8Array;
  /** Bytes of the file below this link. */
  readonly fileBytes: number;
  /** Bytes of all blocks below this link, itself included. */
  readonly dagBytes: number;
}

/**
 * CID of a file, from the SHA-256 of its chunks: no byte of the file is needed.
 * @param chunkSha256 concatenated SHA-256 of each 1 MiB chunk; none for an empty file
 * @throws RangeError when the number of chunks does not follow from the size
 */
export function unixfsCid(sizeBytes: number, chunkSha256: Uint8Array): string {
  if (chunkSha256.length !== chunkCount(sizeBytes) * SHA256_BYTES) {
    throw new RangeError(
      `${sizeBytes} bytes have ${chunkCount(sizeBytes)} chunks, not ${chunkSha256.length / SHA256_BYTES}`,
    );
  }
  let level = leaves(sizeBytes, chunkSha256);
  while (level.length > 1) level = parents(level);
  return cidText(level[0]!.cid);
}

/** Whether a text is the CIDv1 (base32, SHA2-256) of a raw leaf or of a DAG-PB node. */
export function isCid(text: string): boolean {
  const bytes = decodeBase32(text);
  return (
    bytes !== undefined &&
    bytes.length === CID_BYTES &&
    bytes[0] === 1 &&
    (bytes[1] === RAW || bytes[1] === DAG_PB) &&
    bytes[2] === SHA2_256 &&
    bytes[3] === SHA256_BYTES &&
    cidText(bytes) === text
  );
}

function leaves(sizeBytes: number, chunkSha256: Uint8Array): Link[] {
  if (sizeBytes === 0) return [{ cid: cidBytes(RAW, sha256(new Uint8Array(0))), fileBytes: 0, dagBytes: 0 }];
  return Array.from({ length: chunkCount(sizeBytes) }, (_, index) => {
    const length = chunkLength(sizeBytes, index);
    const digest = chunkSha256.subarray(index * SHA256_BYTES, (index + 1) * SHA256_BYTES);
    return { cid: cidBytes(RAW, digest), fileBytes: length, dagBytes: length };
  });
}

function parents(level: readonly Link[]): Link[] {
  const nodes: Link[] = [];
  for (let at = 0; at < level.length; at += MAX_LINKS) nodes.push(node(level.slice(at, at + MAX_LINKS)));
  return nodes;
}

/** A DAG-PB node: its links first, then UnixFS data with the file size and the size below each link. */
function node(links: readonly Link[]): Link {
  const fileBytes = links.reduce((sum, link) => sum + link.fileBytes, 0);
  const block = new ProtobufWriter(NODE_BYTES + links.length * LINK_BYTES);
  for (const link of links) block.bytesField(2, linkOf(link));
  block.bytesField(1, unixfsOf(fileBytes, links));
  return {
    cid: cidBytes(DAG_PB, sha256(block.written())),
    fileBytes,
    dagBytes: block.written().length + links.reduce((sum, link) => sum + link.dagBytes, 0),
  };
}

/** Hash, an empty name, and the size of all blocks below. */
function linkOf(link: Link): Uint8Array {
  const bytes = new ProtobufWriter(LINK_BYTES);
  bytes.bytesField(1, link.cid);
  bytes.bytesField(2, new Uint8Array(0));
  bytes.varintField(3, link.dagBytes);
  return bytes.written();
}

function unixfsOf(fileBytes: number, links: readonly Link[]): Uint8Array {
  const bytes = new ProtobufWriter(NODE_BYTES + links.length * LINK_BYTES);
  bytes.varintField(1, UNIXFS_FILE);
  bytes.varintField(3, fileBytes);
  for (const link of links) bytes.varintField(4, link.fileBytes);
  return bytes.written();
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function cidBytes(codec: number, digest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(CID_BYTES);
  bytes.set([1, codec, SHA2_256, SHA256_BYTES]);
  bytes.set(digest, CID_BYTES - SHA256_BYTES);
  return bytes;
}

function cidText(bytes: Uint8Array): string {
  let text = 'b';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >> bits) & 31];
    }
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}

function decodeBase32(text: string): Uint8Array | undefined {
  if (!/^b[a-z2-7]{1,64}$/.test(text)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text.slice(1)) {
    value = ((value << 5) | BASE32.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  return Uint8Array.from(bytes);
}
