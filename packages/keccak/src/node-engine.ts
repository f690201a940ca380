import { createHash } from 'node:crypto';
import type { Digest, Sha256 } from '@weighbridge/core/brands';
import type {
  DigestEngine,
  DigestOptions,
  FullDigests,
  OpenedFile,
  TreeDigests,
} from '@weighbridge/core/digest-engine';
import { toHex } from '@weighbridge/core/hex';
import { chunkCount, LEAF_BYTES } from '@weighbridge/core/tree';
import { DigestTask, type TaskPlan } from './digest-task.js';
import type { Report } from './digest-worker.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { ChunkDigests, InlineDigests, SLICE_BYTES } from './inline-digests.js';
import { planAll, planRing, planTree } from './task-plans.js';
import { treeRootInTurns } from './tree-root.js';
import { defaultThreads, WorkerPool } from './worker-pool.js';

const MIB = 1_048_576;

/** So much is digested on the main thread, slice by slice, before a worker starts: it costs as much CPU to start. */
const INLINE_TOTAL_BYTES = 8 * MIB;

/** From here on three threads share a file; below that one thread a file costs less, and many files fill all cores. */
const RING_FILE_BYTES = 16 * MIB;

export interface NodeEngineOptions {
  /** Threads to hash on, from 1; default: one a core, at most 8. All digests of a large file take three. */
  readonly threads?: number;
}

/**
 * `DigestEngine` on node:crypto in worker threads. Threads start when there is enough work for them,
 * stay for later files, and never keep the process alive while idle.
 */
export function createNodeEngine(options: NodeEngineOptions = {}): DigestEngine {
  const threads = options.threads ?? defaultThreads();
  if (!Number.isSafeInteger(threads) || threads < 1) throw new RangeError(`${threads} is no number of threads`);
  return new NodeEngine(threads);
}

class NodeEngine implements DigestEngine {
  readonly name = 'node-workers';
  private readonly pool: WorkerPool;
  private readonly turns = new EventLoopTurns();
  private readonly inline = new InlineDigests(this.turns);
  private inlineBytes = 0;

  constructor(private readonly threads: number) {
    this.pool = new WorkerPool(threads);
  }

  async digestTree(file: OpenedFile, options: DigestOptions = {}): Promise<TreeDigests> {
    if (this.takesInline(file.sizeBytes)) return this.treeInline(file, options);
    const plan = planTree(file, this.threads, options.onBytes !== undefined);
    await this.work(plan, options);
    return this.treeDigests(file.sizeBytes, plan.leaves);
  }

  async digestAll(file: OpenedFile, options: DigestOptions = {}): Promise<FullDigests> {
    if (this.takesInline(file.sizeBytes)) return this.allInline(file, options);
    const sharesFile = this.threads > 1 && file.sizeBytes >= RING_FILE_BYTES;
    const plan = (sharesFile ? planRing : planAll)(file, options.onBytes !== undefined);
    const reports = await this.work(plan, options);
    return {
      ...(await this.treeDigests(file.sizeBytes, plan.leaves)),
      whole: reports.find((report) => report.whole !== undefined)?.whole as Digest,
      sha256: reports.find((report) => report.sha256 !== undefined)?.sha256 as Sha256,
      chunkSha256: plan.chunkSha256.slice(),
    };
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private takesInline(sizeBytes: number): boolean {
    if (sizeBytes > SLICE_BYTES && this.inlineBytes + sizeBytes > INLINE_TOTAL_BYTES) return false;
    this.inlineBytes += sizeBytes;
    return true;
  }

  private async treeInline(file: OpenedFile, options: DigestOptions): Promise<TreeDigests> {
    const leaves = new ChunkDigests('sha3-512', LEAF_BYTES, file.sizeBytes);
    await this.inline.feed(file, [leaves], options);
    return this.treeDigests(file.sizeBytes, leaves.bytes);
  }

  private async allInline(file: OpenedFile, options: DigestOptions): Promise<FullDigests> {
    const leaves = new ChunkDigests('sha3-512', LEAF_BYTES, file.sizeBytes);
    const chunks = new ChunkDigests('sha256', 32, file.sizeBytes);
    const whole = createHash('sha3-512');
    const sha256 = createHash('sha256');
    // The digests of a file of one chunk are those of its chunk.
    const isOneChunk = chunkCount(file.sizeBytes) === 1;
    await this.inline.feed(file, isOneChunk ? [leaves, chunks] : [leaves, chunks, whole, sha256], options);
    return {
      ...(await this.treeDigests(file.sizeBytes, leaves.bytes)),
      whole: (isOneChunk ? toHex(leaves.bytes) : whole.digest('hex')) as Digest,
      sha256: (isOneChunk ? toHex(chunks.bytes) : sha256.digest('hex')) as Sha256,
      chunkSha256: chunks.bytes,
    };
  }

  private work(plan: TaskPlan, options: DigestOptions): Promise<Report[]> {
    const task = new DigestTask(plan, options);
    this.pool.run(task, plan.sizeBytes);
    return task.settled;
  }

  /** @param leaves possibly in shared memory; what is returned is the caller's own */
  private async treeDigests(sizeBytes: number, leaves: Uint8Array): Promise<TreeDigests> {
    const own = leaves.slice();
    return { sizeBytes, tree: await treeRootInTurns(sizeBytes, own, this.turns), leaves: own };
  }
}
