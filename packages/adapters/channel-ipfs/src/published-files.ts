import { fromHex } from '@weighbridge/core/hex';
import { CHUNK_BYTES, chunkCount, LEAF_BYTES } from '@weighbridge/core/tree';
import { type Cid, cidBytes, parseCid, RAW, readCid, SHA3_512 } from '@weighbridge/manifest/cid-bytes';
import { MANIFEST_MAX_BYTES, type ManifestFile } from '@weighbridge/manifest/manifest';
import type { PublishedRelease } from '@weighbridge/ports/channel';
import { type Blocks, type DigestChunk, hostileBlock } from './blocks.js';
import { type FileLeaf, fileLeaves } from './file-leaves.js';
import { readAhead } from './read-ahead.js';

export interface WeightsDoors {
  readonly blocks: Blocks;
  readonly digestChunk: DigestChunk;
  /** Leaves on their way at a time. */
  readonly lanes: number;
}

/** receipt-v1 §4.3: the manifest by the release digest alone. Hostile until its digest was compared. */
export async function readManifestBlock(
  blocks: Blocks,
  { releaseDigest }: PublishedRelease,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  return blocks.read(manifestCid(releaseDigest), MANIFEST_MAX_BYTES, signal);
}

export function manifestCid(releaseDigest: PublishedRelease['releaseDigest']): Cid {
  return readCid(cidBytes(RAW, SHA3_512, fromHex(releaseDigest)))!;
}

/** The leaves of a file, by the CID that the release's folder gives them. Hostile until their root was compared. */
export async function readLeavesFile(
  blocks: Blocks,
  digestChunk: DigestChunk,
  root: Cid,
  { size }: ManifestFile,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const leaves = new Uint8Array(chunkCount(size) * LEAF_BYTES);
  let at = 0;
  for await (const { cid, length } of fileLeaves(blocks, digestChunk, root, leaves.length, 0, signal)) {
    leaves.set(await readLeaf(blocks, cid, length, signal), at);
    at += length;
  }
  return leaves;
}

/**
 * The weights from an offset, a chunk at a time. Leaves are not hashed: whoever asked compares them with digests of his
 * own, and can then say what he found. What is above them is.
 */
export async function* readWeights(
  { blocks, digestChunk, lanes }: WeightsDoors,
  file: ManifestFile,
  offsetBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (offsetBytes % CHUNK_BYTES !== 0) throw new RangeError(`${offsetBytes} is no multiple of 1 MiB`);
  const leaves = fileLeaves(blocks, digestChunk, parseCid(file.cid)!, file.size, offsetBytes / CHUNK_BYTES, signal);
  // A leaf's memory is its own until the consumer asked for the next: so many may be read meanwhile, and one is with him.
  const memory = Array.from({ length: lanes + 1 }, () => new Uint8Array(Math.min(CHUNK_BYTES, file.size)));
  const read = ({ cid, index, length }: FileLeaf, until: AbortSignal) =>
    readLeaf(blocks, cid, length, until, memory[index % memory.length]!.subarray(0, length));
  yield* readAhead(leaves, lanes, read, signal);
}

async function readLeaf(
  blocks: Blocks,
  cid: Cid,
  length: number,
  signal?: AbortSignal,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const block = await blocks.read(cid, length, signal, into);
  if (block.length === length) return block;
  throw hostileBlock(blocks, cid, `has ${block.length} bytes instead of ${length}`);
}
