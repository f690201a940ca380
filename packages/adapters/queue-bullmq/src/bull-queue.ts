import { setTimeout as sleep } from 'node:timers/promises';
import { RETRY, type RetryPolicy, requireKind, requireOrder } from '@weighbridge/ports/job-rules';
import type {
  Job,
  JobHandler,
  JobOrder,
  JobState,
  Queue,
  QueueState,
  QueueWorker,
  WorkerOptions,
} from '@weighbridge/ports/queue';
import { Queue as BullJobs } from 'bullmq';
import { BulkAdder } from './bulk-adder.js';
import { BullWorker } from './bull-worker.js';
import { CANCEL_FIELD, defineJobScripts, type JobScripts } from './job-scripts.js';
import { closed, RedisCalls } from './redis-calls.js';
import { requireRedisUrl, shownUrl } from './redis-failure.js';
import { CANCELLED, newJob, shownJob } from './shown-job.js';

export interface BullQueueOptions {
  /** redis:// or rediss://, credentials in it. */
  readonly url: string;
  /** Of all keys in Redis; default `weighbridge`. */
  readonly prefix?: string;
  /** Bounds every call; default 2,500. */
  readonly connectTimeoutMs?: number;
  readonly retry?: RetryPolicy;
}

const TIMEOUT_MS = 2500;
/** Jobs of a kind that ended and can still be read, done ones and others each. */
const KEEP = 10_000;
const WATCH_MS = 100;
const LIST_PAGE = 200;

/**
 * A queue on a Redis that any number of processes share, in BullMQ's layout. It need not be reachable yet: calls are
 * UNVERIFIABLE until it is. Jobs are as durable as that Redis: `appendonly yes`, `maxmemory-policy noeviction`.
 * @throws USAGE when the URL is none of Redis
 */
export async function createBullQueue(options: BullQueueOptions): Promise<Queue> {
  requireRedisUrl(options.url);
  return new BullQueue(options);
}

interface KindOfJobs {
  readonly jobs: BullJobs;
  readonly adder: BulkAdder;
}

class BullQueue implements Queue {
  readonly location: string;
  private readonly calls: RedisCalls;
  private readonly scripts: JobScripts;
  private readonly ofKind = new Map<string, KindOfJobs>();
  private readonly workers = new Set<BullWorker>();
  private readonly url: string;
  private readonly prefix: string;
  private readonly policy: RetryPolicy;
  private isClosed = false;

  constructor({ url, prefix = 'weighbridge', connectTimeoutMs = TIMEOUT_MS, retry = RETRY }: BullQueueOptions) {
    this.url = url;
    this.prefix = prefix;
    this.policy = retry;
    this.location = shownUrl(url);
    this.calls = new RedisCalls(url, this.location, connectTimeoutMs);
    this.scripts = defineJobScripts(this.calls.client);
  }

  async add(order: JobOrder): Promise<Job> {
    const { id, data } = requireOrder(order);
    const { adder } = this.ofKind.get(order.kind) ?? (await this.run(() => this.kindOf(order.kind)));
    for (;;) {
      const addedAt = await adder.add(id, data);
      if (addedAt !== undefined) return newJob(id, order.kind, data, addedAt);
      const job = await this.run(() => this.lookOrClear(id));
      if (job !== undefined) return job;
    }
  }

  get(id: string): Promise<Job | undefined> {
    return this.run(() => this.look(id));
  }

  list(state: JobState, limit: number): Promise<Job[]> {
    return this.run(async () => {
      const found = await Promise.all((await this.kinds()).map((kind) => this.listKind(kind, state, limit)));
      return found
        .flat()
        .sort((a, b) => b.addedAt - a.addedAt)
        .slice(0, limit);
    });
  }

  cancel(id: string): Promise<Job | undefined> {
    return this.run(async () => {
      await this.scripts.cancel(this.key(id), this.base(id), id, Date.now(), CANCELLED);
      return this.look(id);
    });
  }

  retry(id: string): Promise<Job | undefined> {
    return this.run(async () => {
      const found = await this.look(id);
      if (found?.state !== 'dead' && found?.state !== 'cancelled') return undefined;
      const job = await (await this.kindOf(kindIn(id))).jobs.getJob(id);
      if (job === undefined) return undefined;
      await this.scripts.forgive(this.key(id));
      await job.retry('failed', { resetAttemptsMade: true });
      return this.look(id);
    });
  }

  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Job> {
    for (let seen = ''; !signal.aborted && !this.isClosed; ) {
      const job = await this.get(id);
      if (job === undefined) return;
      const text = JSON.stringify(job);
      if (text !== seen) yield job;
      seen = text;
      if (job.endedAt !== undefined) return;
      await sleep(WATCH_MS, undefined, { signal }).catch(() => {});
    }
  }

  async work(kind: string, handler: JobHandler, { concurrency }: WorkerOptions): Promise<QueueWorker> {
    if (this.isClosed) throw closed(this.location);
    requireKind(kind);
    const { url, prefix, policy } = this;
    const wanted = (ids: readonly string[]) => this.wanted(ids);
    const worker = new BullWorker({ url, prefix, kind, concurrency, policy, wanted }, handler);
    this.workers.add(worker);
    return worker;
  }

  probe(): Promise<QueueState> {
    return this.run(async () => {
      const { client } = this.calls;
      const count = async (task: (base: string) => Promise<number>): Promise<number> => {
        const counts = await Promise.all((await this.kinds()).map((kind) => task(`${this.prefix}:${kind}:`)));
        return counts.reduce((sum, each) => sum + each, 0);
      };
      const [waiting, delayed, running] = await Promise.all([
        count((base) => client.llen(`${base}wait`)),
        count((base) => client.zcard(`${base}delayed`)),
        count((base) => client.llen(`${base}active`)),
      ]);
      const dead = await Promise.all((await this.kinds()).map((kind) => this.listKind(kind, 'dead', KEEP)));
      return { location: this.location, waiting: waiting + delayed, running, dead: dead.flat().length };
    });
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    await Promise.all(Array.from(this.workers, (worker) => worker.close(0)));
    this.isClosed = true;
    this.calls.close();
  }

  private run<T>(task: () => Promise<T>): Promise<T> {
    return this.calls.run(task);
  }

  /** Known to all who list, before the first job of it is added. */
  private async kindOf(kind: string): Promise<KindOfJobs> {
    const known = this.ofKind.get(kind);
    if (known !== undefined) return known;
    await this.calls.client.sadd(`${this.prefix}:kinds`, kind);
    const made = this.ofKind.get(kind) ?? this.makeKind(kind);
    this.ofKind.set(kind, made);
    return made;
  }

  private makeKind(kind: string): KindOfJobs {
    const jobs = new BullJobs(kind, {
      connection: this.calls.client,
      prefix: this.prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
      defaultJobOptions: {
        attempts: this.policy.tries,
        backoff: { type: 'custom' },
        removeOnComplete: { count: KEEP },
        removeOnFail: { count: KEEP },
        stackTraceLimit: 0,
      },
    });
    jobs.on('error', () => {});
    return { jobs, adder: new BulkAdder(this.calls, jobs, (id) => this.key(id)) };
  }

  private async kinds(): Promise<string[]> {
    return this.calls.client.smembers(`${this.prefix}:kinds`);
  }

  private async look(id: string): Promise<Job | undefined> {
    const found = await this.scripts.look(this.key(id), this.base(id), id);
    return found === null ? undefined : shownJob(id, kindIn(id), ...found);
  }

  /** A job that may not be ordered anew as it is; one that may is removed. */
  private async lookOrClear(id: string): Promise<Job | undefined> {
    const job = await this.look(id);
    if (job !== undefined && job.state !== 'dead' && job.state !== 'cancelled') return job;
    await this.scripts.clear(this.key(id), this.base(id), id);
    return undefined;
  }

  private async listKind(kind: string, state: JobState, limit: number): Promise<Job[]> {
    const found: Job[] = [];
    for (let at = 0; found.length < limit; at += LIST_PAGE) {
      const ids = await this.ids(`${this.prefix}:${kind}:`, state, at);
      if (ids.length === 0) break;
      const jobs = await Promise.all(ids.map((id) => this.look(id)));
      for (const job of jobs) if (job?.state === state) found.push(job);
    }
    return found;
  }

  /** The newest first, as far as BullMQ's own order tells. */
  private async ids(base: string, state: JobState, at: number): Promise<string[]> {
    const { client } = this.calls;
    const to = at + LIST_PAGE - 1;
    if (state === 'running') return client.lrange(`${base}active`, at, to);
    if (state === 'done') return client.zrevrange(`${base}completed`, at, to);
    if (state !== 'waiting') return client.zrevrange(`${base}failed`, at, to);
    const lists = [client.lrange(`${base}wait`, at, to), client.zrevrange(`${base}delayed`, at, to)];
    return (await Promise.all(lists)).flat();
  }

  private wanted(ids: readonly string[]): Promise<string[]> {
    return this.run(async () => {
      const wishes = await Promise.all(ids.map((id) => this.calls.client.hexists(this.key(id), CANCEL_FIELD)));
      return ids.filter((_, at) => wishes[at] === 1);
    });
  }

  private base(id: string): string {
    return `${this.prefix}:${kindIn(id)}:`;
  }

  private key(id: string): string {
    return `${this.base(id)}${id}`;
  }
}

/** A kind has no hyphen. */
function kindIn(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf('-')));
}
