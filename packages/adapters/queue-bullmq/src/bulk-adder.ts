import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JobData } from '@weighbridge/ports/queue';
import type { Job as BullJob, Queue as BullJobs } from 'bullmq';
import type { RedisCalls } from './redis-calls.js';

interface Adding {
  readonly id: string;
  readonly data: JobData;
  readonly resolve: (addedAt: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Jobs of one transaction. */
const JOBS_AT_ONCE = 500;

/** Adds the jobs of one kind that are ordered in the same turn together: half the work for both sides. */
export class BulkAdder {
  private waiting: Adding[] = [];

  constructor(
    private readonly calls: RedisCalls,
    private readonly jobs: BullJobs,
    private readonly keyOf: (id: string) => string,
  ) {}

  /** @returns when it was added in Unix milliseconds, or undefined when there was a job of this id, which stays as it is */
  add(id: string, data: JobData): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ id, data, resolve, reject });
      if (this.waiting.length === 1) void this.flush();
    });
  }

  private async flush(): Promise<void> {
    await nextTurn();
    const { waiting } = this;
    this.waiting = [];
    for (let at = 0; at < waiting.length; at += JOBS_AT_ONCE) void this.addAll(waiting.slice(at, at + JOBS_AT_ONCE));
  }

  private async addAll(adding: readonly Adding[]): Promise<void> {
    try {
      const [there, jobs] = await this.calls.run(() => this.exchange(adding));
      adding.forEach(({ resolve }, at) => {
        resolve(there[at] ? undefined : jobs[at]!.timestamp);
      });
    } catch (error) {
      for (const { reject } of adding) reject(error);
    }
  }

  /** Asked in front of the transaction: who finds nothing there and adds at the same time adds the same job. */
  private async exchange(adding: readonly Adding[]): Promise<readonly [readonly boolean[], readonly BullJob[]]> {
    const pipeline = this.calls.client.pipeline();
    for (const { id } of adding) pipeline.exists(this.keyOf(id));
    const { name } = this.jobs;
    const added = this.jobs.addBulk(adding.map(({ id, data }) => ({ name, data, opts: { jobId: id } })));
    const [found, jobs] = await Promise.all([pipeline.exec(), added]);
    const there = (found ?? []).map(([error, count]) => {
      if (error !== null) throw error;
      return count !== 0;
    });
    return [there, jobs];
  }
}
