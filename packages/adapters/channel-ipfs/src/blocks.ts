import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { type Cid, cidText, SHA2_256 } from '@weighbridge/manifest/cid-bytes';
import { digestSlowly } from './digest-slowly.js';

/** The engine's, which hashes off the event loop. */
export type DigestChunk = DigestEngine['digestChunk'];

/** More than 1 MiB has only the block of a large manifest. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
/** What a DAG-PB node may have: more is no node of ours, and larger blocks do not travel between IPFS nodes. */
export const MAX_NODE_BYTES = 1024 * 1024;

/** Wherever blocks come from. */
export interface Blocks {
  /** For messages, without credentials. */
  readonly location: string;
  /**
   * The bytes of a block as they lie there: hostile.
   * @param into memory of `maxBytes` for it, where the place can use that; the block is then a view of it
   * @throws UNVERIFIABLE when it is absent; TAMPERED when no file lies there; LIMIT when it is larger than `maxBytes`
   */
  read(cid: Cid, maxBytes: number, signal?: AbortSignal, into?: Uint8Array): Promise<Uint8Array>;
}

/** A block whose bytes have the digest that its CID names. @throws TAMPERED and what `read` throws */
export async function readVerified(
  blocks: Blocks,
  digestChunk: DigestChunk,
  cid: Cid,
  maxBytes: number,
  signal?: AbortSignal,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const block = await blocks.read(cid, maxBytes, signal, into);
  const found = await digestBlock(digestChunk, cid, block);
  if (bytesEqual(found, cid.digest)) return block;
  throw hostileBlock(blocks, cid, 'does not have the digest that its name says', {
    expected: toHex(cid.digest),
    found: toHex(found),
  });
}

/** Whether these are the bytes that a CID names. */
export async function isBlock(digestChunk: DigestChunk, cid: Cid, block: Uint8Array): Promise<boolean> {
  return bytesEqual(await digestBlock(digestChunk, cid, block), cid.digest);
}

function digestBlock(digestChunk: DigestChunk, { hash }: Cid, block: Uint8Array): Promise<Uint8Array> {
  const algorithm = hash === SHA2_256 ? 'sha256' : 'sha3-512';
  return block.length > MAX_NODE_BYTES ? digestSlowly(algorithm, block) : digestChunk(algorithm, block);
}

export function hostileBlock(
  { location }: Pick<Blocks, 'location'>,
  { bytes }: Pick<Cid, 'bytes'>,
  problem: string,
  details: { readonly expected?: string; readonly found?: string } = {},
): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `the block ${cidText(bytes)} in ${location} ${problem}`, {
    hint: 'publish the release again from the original files: good blocks stay, bad ones are replaced',
    details: { channel: 'ipfs', ...details },
  });
}

export function absentBlock({ location }: Pick<Blocks, 'location'>, { bytes }: Pick<Cid, 'bytes'>): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the block ${cidText(bytes)} is absent in ${location}`, {
    hint: 'publish the release again from the original files, or fetch from another channel',
    details: { channel: 'ipfs' },
  });
}
