import { setTimeout as sleep } from 'node:timers/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { failureOf, pauseBeforeRetry, type RetryPolicy, requireJobData } from '@weighbridge/ports/job-rules';
import { JobStop } from '@weighbridge/ports/job-stop';
import type { Job, JobContext, JobData, JobHandler, JobProgress, QueueWorker } from '@weighbridge/ports/queue';
import { type Job as BullJob, type JobJson, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { CANCELLED } from './shown-job.js';

export interface BullWorkerOptions {
  readonly url: string;
  readonly prefix: string;
  readonly kind: string;
  readonly concurrency: number;
  readonly policy: RetryPolicy;
  /** Of the jobs with these ids those that somebody wants to stop. */
  readonly wanted: (ids: readonly string[]) => Promise<readonly string[]>;
}

interface Run {
  readonly stop: JobStop;
  /** Set when the run is over whatever its handler does. */
  leave: ((reason: Error) => void) | undefined;
  isCancelled: boolean;
}

/** A killed worker's job is resumed after at most a lock and two checks: 8 s. */
const LOCK_MS = 4000;
const RENEW_MS = 1000;
const CHECK_MS = 2000;
const CANCEL_CHECK_MS = 300;
const PROGRESS_MS = 250;
const RECONNECT_MS = 500;
const CLOSE_MS = 3000;

/** Does jobs of one kind, as one of any number of processes. It waits for a Redis that is away. */
export class BullWorker implements QueueWorker {
  private readonly worker: Worker;
  private readonly connection: Redis;
  private readonly runs = new Map<string, Run>();
  private readonly cancelTimer: NodeJS.Timeout;
  private isAsking = false;

  constructor(
    private readonly options: BullWorkerOptions,
    private readonly handler: JobHandler,
  ) {
    const { url, prefix, kind, concurrency, policy } = options;
    this.connection = new Redis(url, {
      maxRetriesPerRequest: null,
      retryStrategy: () => RECONNECT_MS,
      enableAutoPipelining: true,
    });
    this.connection.on('error', () => {});
    this.worker = new CarefulWorker(kind, (job, token) => this.process(job, token), {
      connection: this.connection,
      prefix,
      concurrency,
      lockDuration: LOCK_MS,
      lockRenewTime: RENEW_MS,
      stalledInterval: CHECK_MS,
      maxStalledCount: policy.tries - 1,
      runRetryDelay: RECONNECT_MS,
      drainDelay: 1,
      // A question that fails while the connection breaks would end the worker for good.
      skipVersionCheck: true,
      settings: { backoffStrategy: (made, _, error) => pauseBeforeRetry(failureIn(error), made, policy) ?? 0 },
    });
    this.worker.on('error', () => {});
    this.worker.on('lockRenewalFailed', (ids: string[]) => {
      for (const id of ids) this.runs.get(id)?.stop.abort(lost());
    });
    this.cancelTimer = setInterval(() => void this.askForCancelled(), CANCEL_CHECK_MS).unref();
  }

  async close(graceMs: number): Promise<void> {
    await this.worker.pause(true);
    const deadline = performance.now() + graceMs;
    while (this.runs.size > 0 && performance.now() < deadline) await sleep(Math.min(20, graceMs));
    clearInterval(this.cancelTimer);
    for (const run of this.runs.values()) {
      run.stop.abort(lost());
      run.leave?.(new WaitingError());
    }
    await Promise.race([this.worker.close(), sleep(CLOSE_MS)]);
    this.connection.disconnect();
  }

  private async process(job: BullJob, token: string | undefined): Promise<JobData> {
    const id = job.id!;
    const run: Run = { stop: new JobStop(), leave: undefined, isCancelled: false };
    const left = new Promise<never>((_, reject) => {
      run.leave = reject;
    });
    this.runs.set(id, run);
    const progress = new ThinProgress(job);
    try {
      return await Promise.race([this.handle(job, run, progress), left]);
    } catch (error) {
      if (error instanceof WaitingError && !run.isCancelled) {
        await job.moveToWait(token);
        throw error;
      }
      throw await this.asFailure(job, run, error);
    } finally {
      progress.close();
      this.runs.delete(id);
    }
  }

  private async handle(job: BullJob, { stop }: Run, progress: ThinProgress): Promise<JobData> {
    const data = requireJobData(job.data);
    const context: JobContext = {
      job: this.shown(job, data),
      get signal() {
        return stop.signal;
      },
      progress: (step) => progress.put(step),
    };
    return requireJobData(await this.handler(context));
  }

  private shown(job: BullJob, data: JobData): Job {
    return {
      id: job.id!,
      kind: this.options.kind,
      data,
      state: 'running',
      attempts: job.attemptsStarted,
      progress: undefined,
      result: undefined,
      failure: undefined,
      addedAt: job.timestamp,
      endedAt: undefined,
    };
  }

  /** The words of the error are what BullMQ keeps. */
  private async asFailure(job: BullJob, run: Run, error: unknown): Promise<Error> {
    // What came in after the last question counts too.
    if (!run.isCancelled && !run.stop.isAborted) await this.askForCancelled([job.id!]);
    if (run.isCancelled) return new UnrecoverableError(CANCELLED);
    const failure = failureOf(error);
    const words = JSON.stringify(failure);
    const pauseMs = pauseBeforeRetry(failure, job.attemptsMade + 1, this.options.policy);
    return pauseMs === undefined ? new UnrecoverableError(words) : new Error(words);
  }

  private async askForCancelled(ids: readonly string[] = [...this.runs.keys()]): Promise<void> {
    if (ids.length === 0 || this.isAsking) return;
    this.isAsking = true;
    try {
      for (const id of await this.options.wanted(ids)) this.cancel(id);
    } catch {
      // Redis is away; asked again soon.
    } finally {
      this.isAsking = false;
    }
  }

  private cancel(id: string): void {
    const run = this.runs.get(id);
    if (run === undefined) return;
    run.isCancelled = true;
    run.stop.abort(new WeighbridgeError('BUSY', 'the job was cancelled', { hint: 'order it again if it is needed' }));
  }
}

/** BullMQ throws away a job that it cannot parse and then finds it again, for ever: such a job is handed on, to be dead. */
class CarefulWorker extends Worker {
  protected override createJob(json: JobJson, id: string): BullJob {
    return super.createJob({ ...json, data: readable(json.data) }, id);
  }
}

function readable(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return '""';
  }
}

/** Passes on at most four steps a second, the last one always. */
class ThinProgress {
  private timer: NodeJS.Timeout | undefined;
  private next: JobProgress | undefined;

  constructor(private readonly job: BullJob) {}

  put(step: JobProgress): void {
    this.next = { ...step };
    if (this.timer === undefined) this.pass();
  }

  close(): void {
    clearTimeout(this.timer);
    this.next = undefined;
  }

  private pass(): void {
    const step = this.next;
    this.next = undefined;
    this.timer = step === undefined ? undefined : setTimeout(() => this.pass(), PROGRESS_MS).unref();
    // Progress that is lost is followed by more.
    if (step !== undefined) this.job.updateProgress(step).catch(() => {});
  }
}

function failureIn(error: Error | undefined) {
  try {
    return JSON.parse(error?.message ?? '') as ReturnType<typeof failureOf>;
  } catch {
    return failureOf(error);
  }
}

function lost(): WeighbridgeError {
  return new WeighbridgeError('BUSY', 'the job went back to the queue', { hint: 'another worker does it' });
}
