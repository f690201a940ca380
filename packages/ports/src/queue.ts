/**
 * What a job is about: ids and digests, never bytes, secrets or paths of the producer's machine. Flat, JSON, at most 16 KiB.
 */
export type JobData = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export type JobState = 'waiting' | 'running' | 'done' | 'dead' | 'cancelled';

export interface JobProgress {
  readonly step: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** Why a job failed, safe to show: a `WeighbridgeError` without its cause. */
export interface JobFailure {
  readonly outcome: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, string | number>>;
}

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly data: JobData;
  readonly state: JobState;
  /** How often it was started. */
  readonly attempts: number;
  readonly progress: JobProgress | undefined;
  /** What the handler returned; of a job that is done alone. */
  readonly result: JobData | undefined;
  /** The last failure: of a dead job, or of one that waits to be tried again. */
  readonly failure: JobFailure | undefined;
  /** Unix milliseconds. */
  readonly addedAt: number;
  readonly endedAt: number | undefined;
}

export interface JobOrder {
  /** `[a-z][a-z0-9]{0,31}`: a job's id is `<kind>-<key>`. */
  readonly kind: string;
  /**
   * Names the work by content, `[a-z0-9][a-z0-9-]{0,199}` with a letter in it. The same key while a job of it waits,
   * runs or is done is the same job; after it died or was cancelled the job starts anew.
   */
  readonly key: string;
  readonly data: JobData;
}

export interface JobContext {
  readonly job: Job;
  /** Aborted when the job is cancelled or lost to another worker, and when the grace of a shutdown is over. */
  readonly signal: AbortSignal;
  /** Steps of any size and rate; the queue thins them out. */
  progress(progress: JobProgress): void;
}

/**
 * Does a job. A `WeighbridgeError` says whether another try may help: IO, BUSY, UNVERIFIABLE and INTERNAL are tried again
 * after a pause that grows, everything else is dead at once.
 */
export type JobHandler = (context: JobContext) => Promise<JobData>;

export interface WorkerOptions {
  /** Jobs at a time. */
  readonly concurrency: number;
}

export interface QueueWorker {
  /** Takes no more jobs and waits for those that run, at most `graceMs`; what still runs then goes back to wait. */
  close(graceMs: number): Promise<void>;
}

export interface QueueState {
  readonly location: string;
  readonly waiting: number;
  readonly running: number;
  readonly dead: number;
}

/**
 * The door to a queue of jobs. An acknowledged job ends exactly once: done, dead or cancelled, whatever workers die
 * meanwhile. A handler may be started more than once for it and makes no harm by that.
 * Calls reject with UNVERIFIABLE in bounded time when the queue cannot be reached; a queue heals without a restart.
 */
export interface Queue {
  readonly location: string;
  /** Durable when it resolves. @throws USAGE for a key or data of the wrong form; UNVERIFIABLE */
  add(order: JobOrder): Promise<Job>;
  get(id: string): Promise<Job | undefined>;
  /** The newest first. */
  list(state: JobState, limit: number): Promise<Job[]>;
  /**
   * A job that waits is cancelled at once, one that runs is told to stop: it ends cancelled unless its handler returns
   * a result all the same. @returns undefined when there is no such job
   */
  cancel(id: string): Promise<Job | undefined>;
  /** Puts a dead or cancelled job back. @returns undefined when there is none */
  retry(id: string): Promise<Job | undefined>;
  /**
   * Every change of a job until it ended, those that follow fast on each other as one; the first is how it is now.
   * Ends when the signal is aborted, and without an ended job when the queue no longer knows the job.
   */
  watch(id: string, signal: AbortSignal): AsyncIterable<Job>;
  /** Starts doing jobs of a kind in this process. */
  work(kind: string, handler: JobHandler, options: WorkerOptions): Promise<QueueWorker>;
  probe(): Promise<QueueState>;
  close(): Promise<void>;
}
