import type { DigestOptions } from '@weighbridge/core/digest-engine';
import type { Fault, Job, Report, Ring } from './digest-worker.js';
import { refusalOf } from './read-fault.js';

export interface TaskPlan {
  readonly sizeBytes: number;
  /** What may run side by side, one job a thread. */
  readonly jobs: readonly Job[];
  /** Jobs that wait for each other start at once or not at all. */
  readonly together: boolean;
  /** One shared word that the jobs look at: not 0 once they are to stop. */
  readonly stopped: Int32Array;
  readonly ring?: Ring;
  /** Where the jobs put their digests of chunks. */
  readonly leaves: Uint8Array;
  readonly chunkSha256: Uint8Array;
  /** Whether jobs that did not start yet would find nothing left to do. */
  isExhausted(): boolean;
}

/**
 * The work on one file. It settles when no job of it runs any more, so that a caller may close
 * the file at once, after an abort too.
 */
export class DigestTask {
  readonly settled: Promise<Report[]>;
  private readonly waiting: Job[];
  private readonly reports: Report[] = [];
  private running = 0;
  private failure: { readonly reason: unknown } | undefined;
  private resolve!: (reports: Report[]) => void;
  private reject!: (reason: unknown) => void;
  private readonly onAbort = () => this.fail(this.options.signal?.reason);

  constructor(
    private readonly plan: TaskPlan,
    private readonly options: DigestOptions,
  ) {
    this.waiting = [...plan.jobs];
    this.settled = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    options.signal?.addEventListener('abort', this.onAbort, { once: true });
    if (options.signal?.aborted) this.onAbort();
  }

  /** How many threads the next jobs need at once; 0 when none is left to start. */
  threadsWanted(): number {
    if (this.plan.isExhausted()) this.waiting.length = 0;
    return this.plan.together ? this.waiting.length : Math.min(1, this.waiting.length);
  }

  /** Runs the next job. */
  async start(run: (job: Job, onReport: (report: Report) => void) => Promise<Report>): Promise<void> {
    this.running += 1;
    const report = await run(this.waiting.shift()!, (part) => this.progress(part.bytes));
    this.running -= 1;
    this.reports.push(report);
    this.progress(report.bytes);
    if (report.fault !== undefined) this.failBy(report.fault);
    this.settleWhenIdle();
  }

  /** Calls off what runs and what waits; the first reason counts. */
  fail(reason: unknown): void {
    this.failure ??= { reason };
    this.waiting.length = 0;
    Atomics.store(this.plan.stopped, 0, 1);
    if (this.plan.ring !== undefined) {
      Atomics.add(this.plan.ring.tick, 0, 1);
      Atomics.notify(this.plan.ring.tick, 0);
    }
    this.settleWhenIdle();
  }

  private failBy(fault: Fault): void {
    this.fail(refusalOf(fault, this.plan.sizeBytes));
  }

  private progress(bytes: number): void {
    if (bytes === 0 || this.failure !== undefined) return;
    try {
      this.options.onBytes?.(bytes);
    } catch (error) {
      this.fail(error);
    }
  }

  private settleWhenIdle(): void {
    if (this.running > 0 || this.threadsWanted() > 0) return;
    this.options.signal?.removeEventListener('abort', this.onAbort);
    if (this.failure === undefined) this.resolve(this.reports);
    else this.reject(this.failure.reason);
  }
}
