import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { failureOf, pauseBeforeRetry, type RetryPolicy, requireJobData } from '@weighbridge/ports/job-rules';
import { JobStop } from '@weighbridge/ports/job-stop';
import type { JobContext, JobHandler, QueueWorker } from '@weighbridge/ports/queue';
import type { JobEntry } from './job-entry.js';
import type { JobLane, LaneWorker } from './job-lane.js';
import { type StoredJob, waitingAgain } from './stored-job.js';

/** What a worker needs of its queue. */
export interface WorkerHome {
  readonly lane: JobLane;
  readonly policy: RetryPolicy;
  now(): number;
  /** Shows a start at once and journals it later: one that is lost in a power cut did no harm. */
  started(entry: JobEntry, stored: StoredJob): void;
  /** Durable when it resolves, tried until it is; then everybody sees it. */
  ended(entry: JobEntry, stored: StoredJob): Promise<void>;
}

/** Does jobs of one kind in this process. */
export class LocalWorker implements LaneWorker, QueueWorker {
  private readonly running = new Map<JobEntry, Promise<void>>();
  private readonly ending = new Set<Promise<void>>();
  private isClosed = false;

  constructor(
    private readonly home: WorkerHome,
    private readonly handler: JobHandler,
    private readonly concurrency: number,
  ) {}

  get hasRoom(): boolean {
    return !this.isClosed && this.running.size < this.concurrency;
  }

  start(entry: JobEntry): void {
    const { stored } = entry;
    const stop = new JobStop();
    entry.stop = stop;
    const changes = { state: 'running', attempts: stored.attempts + 1, tries: stored.tries + 1 } as const;
    this.home.started(entry, waitingAgain(stored, changes));
    this.running.set(entry, this.run(entry, stop));
  }

  async close(graceMs: number): Promise<void> {
    this.isClosed = true;
    this.home.lane.leave(this);
    const grace = new AbortController();
    const idle = Promise.all(this.running.values());
    await Promise.race([idle, sleep(graceMs, undefined, { signal: grace.signal }).catch(() => {})]);
    grace.abort();
    for (const entry of [...this.running.keys()]) this.giveBack(entry);
    await Promise.all(this.ending);
  }

  private async run(entry: JobEntry, stop: JobStop): Promise<void> {
    // A turn of its own: any number of jobs that end at once leave the event loop to others.
    await nextTurn();
    const end = await this.handle(entry, stop);
    // Given back meanwhile: whatever came of it, the job belongs to others now.
    if (entry.stop !== stop) return;
    this.leave(entry, end());
    this.home.lane.dispatch();
  }

  /** @returns how the job is afterwards, reckoned when it is known that it is still ours */
  private async handle(entry: JobEntry, stop: JobStop): Promise<() => StoredJob> {
    const context: JobContext = {
      job: entry.job,
      get signal() {
        return stop.signal;
      },
      progress: (step) => {
        if (entry.stop === stop) entry.advance(step);
      },
    };
    try {
      const result = requireJobData(await this.handler(context));
      return () => this.over(entry, { state: 'done', result });
    } catch (error) {
      return () => this.failed(entry, error);
    }
  }

  private failed(entry: JobEntry, error: unknown): StoredJob {
    if (entry.stored.isCancelling) return this.over(entry, { state: 'cancelled' });
    const failure = failureOf(error);
    const pauseMs = pauseBeforeRetry(failure, entry.stored.tries, this.home.policy);
    if (pauseMs === undefined) return this.over(entry, { state: 'dead', failure });
    return waitingAgain(entry.stored, { failure, notBefore: this.home.now() + pauseMs });
  }

  private over({ stored }: JobEntry, end: Pick<StoredJob, 'state' | 'result' | 'failure'>): StoredJob {
    const { id, kind, data, attempts, tries, addedAt } = stored;
    return { id, kind, data, attempts, tries, addedAt, ...end, endedAt: this.home.now() };
  }

  private giveBack(entry: JobEntry): void {
    const { stored } = entry;
    const { stop } = entry;
    this.leave(
      entry,
      stored.isCancelling
        ? this.over(entry, { state: 'cancelled' })
        : waitingAgain(stored, { tries: stored.tries - 1 }),
    );
    stop?.abort(new WeighbridgeError('BUSY', 'the worker shuts down', { hint: 'the job is done by another worker' }));
  }

  private leave(entry: JobEntry, stored: StoredJob): void {
    entry.stop = undefined;
    this.running.delete(entry);
    const ended = this.home.ended(entry, stored).finally(() => this.ending.delete(ended));
    this.ending.add(ended);
  }
}
