import { CHUNK_BYTES, chunkCount, chunkLength } from '@weighbridge/core/tree';
import { type Cid, DAG_PB, RAW, readCid } from '@weighbridge/manifest/cid-bytes';
import { type DagLink, MAX_LINKS } from '@weighbridge/manifest/unixfs-dag';
import { type Blocks, type DigestChunk, hostileBlock, MAX_NODE_BYTES, readVerified } from './blocks.js';
import { readNode } from './dag-node.js';

/** A leaf of a file: one chunk. */
export interface FileLeaf {
  readonly cid: Cid;
  readonly index: number;
  readonly length: number;
}

interface Walk {
  readonly blocks: Blocks;
  readonly digestChunk: DigestChunk;
  readonly sizeBytes: number;
  readonly firstChunk: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The leaves of a file in order, from a chunk on; none of an empty file. Every node above them is verified by its digest
 * and must have the links that follow from the size, so that the depth is bounded by the size that is asked for
 * (4 at 2^53 − 1 bytes) and no link can be repeated, left out or lead back.
 * @throws TAMPERED, UNVERIFIABLE, LIMIT; the signal's reason
 */
export async function* fileLeaves(
  blocks: Blocks,
  digestChunk: DigestChunk,
  root: Cid,
  sizeBytes: number,
  firstChunk = 0,
  signal?: AbortSignal,
): AsyncGenerator<FileLeaf, void, undefined> {
  const chunks = chunkCount(sizeBytes);
  if (chunks === 0) return;
  let spanChunks = 1;
  while (spanChunks < chunks) spanChunks *= MAX_LINKS;
  yield* below({ blocks, digestChunk, sizeBytes, firstChunk, signal }, root, 0, spanChunks);
}

/** @param spanChunks chunks of a full subtree at this height: a power of 1,024 */
async function* below(
  walk: Walk,
  cid: Cid,
  from: number,
  spanChunks: number,
): AsyncGenerator<FileLeaf, void, undefined> {
  walk.signal?.throwIfAborted();
  if (spanChunks === 1) {
    requireCodec(walk, cid, RAW);
    yield { cid, index: from, length: chunkLength(walk.sizeBytes, from) };
    return;
  }
  requireCodec(walk, cid, DAG_PB);
  const step = spanChunks / MAX_LINKS;
  const links = await linksOf(walk, cid, from, step, spanChunks);
  for (const [place, link] of links.entries()) {
    const start = from + place * step;
    if (start + step > walk.firstChunk) yield* below(walk, readCid(link.cid)!, start, step);
  }
}

async function linksOf(
  { blocks, digestChunk, sizeBytes, signal }: Walk,
  cid: Cid,
  from: number,
  step: number,
  spanChunks: number,
): Promise<readonly DagLink[]> {
  const node = readNode(await readVerified(blocks, digestChunk, cid, MAX_NODE_BYTES, signal));
  if (node?.kind !== 'file') throw hostileBlock(blocks, cid, 'is no node of a file');
  const end = Math.min(from + spanChunks, chunkCount(sizeBytes));
  const count = Math.ceil((end - from) / step);
  const isRight = node.links.every(({ fileBytes }, place) => {
    const start = (from + place * step) * CHUNK_BYTES;
    return fileBytes === Math.min(step * CHUNK_BYTES, sizeBytes - start);
  });
  if (node.links.length !== count || !isRight)
    throw hostileBlock(blocks, cid, 'is laid out for a file of another size');
  return node.links;
}

function requireCodec({ blocks }: Walk, cid: Cid, codec: Cid['codec']): void {
  if (cid.codec !== codec) throw hostileBlock(blocks, cid, 'is of another kind than the size of its file allows');
}
