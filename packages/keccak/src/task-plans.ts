import type { ChunkAlgorithm, OpenedFile } from '@weighbridge/core/digest-engine';
import { CHUNK_BYTES, chunkCount, LEAF_BYTES } from '@weighbridge/core/tree';
import type { TaskPlan } from './digest-task.js';
import type { AllJob, ChunkJob, Ring, RingJob, TreeJob, WholeJob } from './digest-worker.js';

const SHA256_BYTES = 32;

/** Of plans that have no digests of chunks. */
const NO_DIGESTS = { leaves: new Uint8Array(0), chunkSha256: new Uint8Array(0) };

/** Lets the reader run ahead of the hashes by 25 ms, a slow disk's hiccup. */
const RING_SLOTS = 8;

/** Leaves of one file, by up to `threads` workers that claim its chunks one by one. */
export function planTree(file: OpenedFile, threads: number, reportsProgress: boolean): TaskPlan {
  const chunks = chunkCount(file.sizeBytes);
  const stopped = sharedWord();
  const nextChunk = sharedWord();
  const leaves = sharedBytes(chunks * LEAF_BYTES);
  const job: TreeJob = { kind: 'tree', ...place(file), stopped, nextChunk, leaves, reportsProgress };
  return {
    sizeBytes: file.sizeBytes,
    jobs: Array.from({ length: Math.min(threads, chunks) }, () => job),
    together: false,
    stopped,
    leaves,
    chunkSha256: new Uint8Array(0),
    isExhausted: () => Atomics.load(nextChunk, 0) >= chunks,
  };
}

/** All digests of one file by one worker. @param leaves known ones, which are not digested */
export function planAll(file: OpenedFile, reportsProgress: boolean, leaves?: Uint8Array): TaskPlan {
  const shared = sharedDigests(file, leaves);
  const job: AllJob = { kind: 'all', ...place(file), ...shared, reportsProgress, knowsLeaves: leaves !== undefined };
  return { sizeBytes: file.sizeBytes, jobs: [job], together: false, ...shared, isExhausted: () => false };
}

/**
 * All digests of one file by three workers that share one read of it; two where the leaves are known.
 * @param isTapped whether the main thread takes each chunk too
 */
export function planRing(
  file: OpenedFile,
  reportsProgress: boolean,
  isTapped: boolean,
  leaves?: Uint8Array,
): TaskPlan & { ring: Ring } {
  const shared = sharedDigests(file, leaves);
  const ring: Ring = {
    slots: sharedBytes(RING_SLOTS * CHUNK_BYTES),
    tick: sharedWord(),
    filled: sharedWord(),
    taken: new Int32Array(new SharedArrayBuffer(isTapped ? 12 : 8)),
  };
  // Whose place among the consumers nobody takes has taken everything.
  if (leaves !== undefined) ring.taken[1] = chunkCount(file.sizeBytes);
  const roles: RingJob['role'][] = leaves === undefined ? ['whole', 'leaves', 'read-sha256'] : ['whole', 'read-sha256'];
  const jobs = roles.map((role): RingJob => ({ kind: 'ring', role, ring, ...place(file), ...shared, reportsProgress }));
  return { sizeBytes: file.sizeBytes, jobs, together: true, ring, ...shared, isExhausted: () => false };
}

/** One digest of a file by one worker. */
export function planWhole(algorithm: ChunkAlgorithm, file: OpenedFile, reportsProgress: boolean): TaskPlan {
  const stopped = sharedWord();
  const job: WholeJob = { kind: 'file', algorithm, ...place(file), stopped, reportsProgress };
  return { sizeBytes: file.sizeBytes, jobs: [job], together: false, stopped, ...NO_DIGESTS, isExhausted: () => false };
}

/** One digest of bytes in memory. */
export function planChunk(algorithm: ChunkAlgorithm, chunk: Uint8Array): TaskPlan {
  const stopped = sharedWord();
  // Shared memory is seen by the thread as it is; of other memory a view is copied as the whole buffer that it lies in.
  const isWhole = chunk.byteLength === chunk.buffer.byteLength || chunk.buffer instanceof SharedArrayBuffer;
  const own = isWhole ? chunk : chunk.slice();
  const job: ChunkJob = { kind: 'chunk', algorithm, chunk: own, stopped };
  return { sizeBytes: chunk.length, jobs: [job], together: false, stopped, ...NO_DIGESTS, isExhausted: () => false };
}

function place({ fd, sizeBytes }: OpenedFile): { fd: number; sizeBytes: number } {
  return { fd, sizeBytes };
}

function sharedDigests(
  file: OpenedFile,
  leaves: Uint8Array | undefined,
): { stopped: Int32Array; leaves: Uint8Array; chunkSha256: Uint8Array } {
  const chunks = chunkCount(file.sizeBytes);
  return {
    stopped: sharedWord(),
    leaves: leaves ?? sharedBytes(chunks * LEAF_BYTES),
    chunkSha256: sharedBytes(chunks * SHA256_BYTES),
  };
}

function sharedWord(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}
