import { availableParallelism } from 'node:os';
import type { DigestTask } from './digest-task.js';
import { WorkerThread } from './worker-thread.js';

/** A thread costs about 28 ms of CPU and 9 MB of memory: as much time as hashing 8 MiB takes. */
const BYTES_WORTH_A_THREAD = 16 * 1_048_576;

/** Threads beyond this number would break the promise of 128 MB for the whole process. */
const DEFAULT_MOST_THREADS = 8;

export function defaultThreads(): number {
  return Math.min(availableParallelism(), DEFAULT_MOST_THREADS);
}

/** Threads that start when there is work for them, and tasks that wait for threads, first come first served. */
export class WorkerPool {
  private readonly threads = new Set<WorkerThread>();
  private readonly idle = new Set<WorkerThread>();
  private readonly tasks: DigestTask[] = [];
  private bytesOffered = 0;
  private isClosed = false;

  /** @param size threads, but for tasks whose jobs need more at once */
  constructor(private readonly size: number) {}

  run(task: DigestTask, sizeBytes: number): void {
    this.bytesOffered += sizeBytes;
    if (this.isClosed) task.fail(new Error('the digest engine is closed'));
    this.tasks.push(task);
    this.dispatch();
  }

  /** Ends all threads; tasks that run or wait fail. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const task of this.tasks.splice(0)) task.fail(new Error('the digest engine is closed'));
    await Promise.all([...this.threads].map((thread) => thread.close()));
  }

  private dispatch(): void {
    for (let task = this.tasks[0]; task !== undefined; task = this.tasks[0]) {
      const wanted = task.threadsWanted();
      if (wanted === 0) this.tasks.shift();
      else if (this.canGive(wanted)) for (let given = 0; given < wanted; given += 1) this.startJob(task);
      else return;
    }
  }

  private canGive(wanted: number): boolean {
    const worthwhile = Math.min(this.size, Math.ceil(this.bytesOffered / BYTES_WORTH_A_THREAD));
    const startable = Math.max(wanted, worthwhile) - this.threads.size;
    return this.idle.size + Math.max(0, startable) >= wanted;
  }

  private startJob(task: DigestTask): void {
    const [thread = this.startThread()] = this.idle;
    this.idle.delete(thread);
    const start = task.start(async (job, onReport) => {
      const report = await thread.run(job, onReport);
      if (this.threads.has(thread)) this.idle.add(thread);
      return report;
    });
    void start.then(() => this.dispatch());
  }

  private startThread(): WorkerThread {
    const thread: WorkerThread = new WorkerThread(() => {
      this.threads.delete(thread);
      this.idle.delete(thread);
    });
    this.threads.add(thread);
    return thread;
  }
}
