import { WeighbridgeError } from '@weighbridge/core/errors';
import {
  failureOf,
  pauseBeforeRetry,
  type RetryPolicy,
  requireJobData,
  requireKind,
  requireOrder,
} from '../job-rules.js';
import { JobStop } from '../job-stop.js';
import type { Job, JobHandler, JobOrder, JobState, Queue, QueueState, QueueWorker, WorkerOptions } from '../queue.js';
import { refuse } from './fake-refusal.js';

const POLICY: RetryPolicy = { tries: 3, firstMs: 5, mostMs: 20 };
const WATCH_MS = 50;
const NOTHING = { progress: undefined, result: undefined, failure: undefined, endedAt: undefined };

interface FakeWorker {
  readonly handler: JobHandler;
  readonly concurrency: number;
  readonly running: Map<string, JobStop>;
}

/** A queue in memory. What happens to its jobs is seen within 50 ms. */
export class FakeQueue implements Queue {
  readonly location = 'memory';
  /** Whether every call is refused, as by a queue that cannot be reached. */
  isAway = false;
  private readonly jobs = new Map<string, Job>();
  private readonly cancelling = new Set<string>();
  private readonly notBefore = new Map<string, number>();
  private readonly workers = new Map<FakeWorker, string>();
  private isClosed = false;

  async add(order: JobOrder): Promise<Job> {
    this.requireHere();
    const { id, data } = requireOrder(order);
    const found = this.jobs.get(id);
    if (found !== undefined && !['dead', 'cancelled'].includes(found.state)) return found;
    this.jobs.delete(id);
    const job: Job = { id, kind: order.kind, data, state: 'waiting', attempts: 0, addedAt: Date.now(), ...NOTHING };
    return this.put(job);
  }

  async get(id: string): Promise<Job | undefined> {
    this.requireHere();
    return this.jobs.get(id);
  }

  async list(state: JobState, limit: number): Promise<Job[]> {
    this.requireHere();
    const found = [...this.jobs.values()].filter((job) => job.state === state);
    return found.reverse().slice(0, limit);
  }

  async cancel(id: string): Promise<Job | undefined> {
    this.requireHere();
    const job = this.jobs.get(id);
    if (job?.state === 'waiting') return this.put({ ...job, state: 'cancelled', endedAt: Date.now() });
    if (job?.state !== 'running') return job;
    this.cancelling.add(id);
    for (const { running } of this.workers.keys()) running.get(id)?.abort(new WeighbridgeError('BUSY', 'cancelled'));
    return job;
  }

  async retry(id: string): Promise<Job | undefined> {
    this.requireHere();
    const job = this.jobs.get(id);
    if (job?.state !== 'dead' && job?.state !== 'cancelled') return undefined;
    return this.put({ ...job, state: 'waiting', attempts: 0, endedAt: undefined });
  }

  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Job> {
    for (let seen: Job | undefined; !signal.aborted && !this.isClosed; ) {
      const job = await this.get(id);
      if (job === undefined) return;
      if (job !== seen) yield job;
      seen = job;
      if (job.endedAt !== undefined) return;
      await pause(WATCH_MS, signal);
    }
  }

  async work(kind: string, handler: JobHandler, { concurrency }: WorkerOptions): Promise<QueueWorker> {
    this.requireHere();
    requireKind(kind);
    const worker: FakeWorker = { handler, concurrency, running: new Map() };
    this.workers.set(worker, kind);
    this.dispatch();
    return { close: (graceMs) => this.closeWorker(worker, graceMs) };
  }

  async probe(): Promise<QueueState> {
    this.requireHere();
    const count = (state: JobState) => [...this.jobs.values()].filter((job) => job.state === state).length;
    return { location: this.location, waiting: count('waiting'), running: count('running'), dead: count('dead') };
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.workers.keys(), (worker) => this.closeWorker(worker, 0)));
    this.isClosed = true;
  }

  private put(job: Job): Job {
    this.jobs.set(job.id, job);
    queueMicrotask(() => this.dispatch());
    return job;
  }

  private dispatch(): void {
    for (const [worker, kind] of this.workers) {
      for (const job of this.jobs.values()) {
        const isDue = job.state === 'waiting' && (this.notBefore.get(job.id) ?? 0) <= performance.now();
        if (isDue && job.kind === kind && worker.running.size < worker.concurrency) void this.run(worker, job);
      }
    }
  }

  private async run(worker: FakeWorker, job: Job): Promise<void> {
    const { id } = job;
    const stop = new JobStop();
    worker.running.set(id, stop);
    const started = this.put({ ...job, state: 'running', attempts: job.attempts + 1, progress: undefined });
    const progress = (step: NonNullable<Job['progress']>) => {
      if (worker.running.get(id) === stop) this.jobs.set(id, { ...started, progress: step });
    };
    const end = await this.outcome(worker.handler({ job: started, signal: stop.signal, progress }), started);
    if (worker.running.get(id) !== stop) return;
    worker.running.delete(id);
    this.put(end());
    this.cancelling.delete(id);
  }

  private async outcome(handled: Promise<unknown>, job: Job): Promise<() => Job> {
    try {
      const result = requireJobData(await handled);
      return () => ({ ...job, ...NOTHING, state: 'done', result, endedAt: Date.now() });
    } catch (error) {
      return () => this.failed(job, error);
    }
  }

  private failed(job: Job, error: unknown): Job {
    if (this.cancelling.has(job.id)) return { ...job, ...NOTHING, state: 'cancelled', endedAt: Date.now() };
    const failure = failureOf(error);
    const pauseMs = pauseBeforeRetry(failure, job.attempts, POLICY);
    if (pauseMs === undefined) return { ...job, state: 'dead', failure, endedAt: Date.now() };
    this.notBefore.set(job.id, performance.now() + pauseMs);
    setTimeout(() => this.dispatch(), pauseMs + 1);
    return { ...job, state: 'waiting', failure };
  }

  private async closeWorker(worker: FakeWorker, graceMs: number): Promise<void> {
    this.workers.delete(worker);
    for (const until = performance.now() + graceMs; worker.running.size > 0 && performance.now() < until; )
      await pause(5);
    for (const [id, stop] of [...worker.running]) {
      worker.running.delete(id);
      this.put({ ...this.jobs.get(id)!, state: 'waiting', progress: undefined });
      stop.abort(new WeighbridgeError('BUSY', 'the worker shuts down'));
    }
  }

  private requireHere(): void {
    if (this.isAway || this.isClosed) refuse('UNVERIFIABLE', 'the queue is away');
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
