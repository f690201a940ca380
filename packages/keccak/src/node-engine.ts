import { createHash } from 'node:crypto';
import type { Digest, Sha256 } from '@weighbridge/core/brands';
import type {
  AllOptions,
  ChunkAlgorithm,
  DigestEngine,
  DigestOptions,
  FullDigests,
  OpenedFile,
  TreeDigests,
} from '@weighbridge/core/digest-engine';
import { toHex } from '@weighbridge/core/hex';
import { CHUNK_BYTES, chunkCount, LEAF_BYTES } from '@weighbridge/core/tree';
import { DigestTask, type TaskPlan } from './digest-task.js';
import type { Report } from './digest-worker.js';
import { EventLoopTurns } from './event-loop-turns.js';
import { ChunkDigests, InlineDigests, SLICE_BYTES } from './inline-digests.js';
import { tapRing } from './ring-tap.js';
import { planAll, planChunk, planRing, planTree, planWhole } from './task-plans.js';
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

  async digestAll(file: OpenedFile, options: AllOptions = {}): Promise<FullDigests> {
    if (this.takesInline(file.sizeBytes)) return this.allInline(file, options);
    const { plan, reports } = await this.allOnThreads(file, options);
    return {
      ...(await this.treeDigests(file.sizeBytes, plan.leaves)),
      whole: reports.find((report) => report.whole !== undefined)?.whole as Digest,
      sha256: reports.find((report) => report.sha256 !== undefined)?.sha256 as Sha256,
      chunkSha256: plan.chunkSha256.slice(),
    };
  }

  async digestWhole(algorithm: ChunkAlgorithm, file: OpenedFile, options: DigestOptions = {}): Promise<Uint8Array> {
    if (this.takesInline(file.sizeBytes)) {
      const whole = createHash(algorithm);
      await this.inline.feed(file, [whole], options);
      return whole.digest();
    }
    const [report] = await this.work(planWhole(algorithm, file, options.onBytes !== undefined), options);
    return report!.digest!;
  }

  async digestChunk(algorithm: ChunkAlgorithm, chunk: Uint8Array): Promise<Uint8Array> {
    if (chunk.length > CHUNK_BYTES) throw new RangeError(`${chunk.length} bytes are more than a chunk`);
    if (chunk.length <= SLICE_BYTES) {
      await this.turns.next();
      return createHash(algorithm).update(chunk).digest();
    }
    const [report] = await this.work(planChunk(algorithm, chunk), {});
    return report!.digest!;
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

  /** What is tapped goes through the ring whatever its size: its slots are where the main thread sees the chunks. */
  private async allOnThreads(file: OpenedFile, options: AllOptions): Promise<{ plan: TaskPlan; reports: Report[] }> {
    const reportsProgress = options.onBytes !== undefined;
    const sharesFile = this.threads > 1 && file.sizeBytes >= RING_FILE_BYTES;
    if (options.onChunk === undefined) {
      const { leaves } = options;
      const plan = sharesFile ? planRing(file, reportsProgress, false, leaves) : planAll(file, reportsProgress, leaves);
      return { plan, reports: await this.work(plan, options) };
    }
    const plan = planRing(file, reportsProgress, true, options.leaves);
    const task = new DigestTask(plan, options);
    const tapped = tapRing(plan, options.onChunk).catch((error: unknown) => task.fail(error));
    this.pool.run(task, plan.sizeBytes);
    const [reports] = await Promise.allSettled([task.settled, tapped]);
    if (reports.status === 'rejected') throw reports.reason;
    return { plan, reports: reports.value };
  }

  private async allInline(file: OpenedFile, options: AllOptions): Promise<FullDigests> {
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
