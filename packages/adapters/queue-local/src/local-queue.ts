import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { removeTemporaries } from '@weighbridge/durable-files/temporary-file';
import { lostFailure, RETRY, type RetryPolicy, requireKind, requireOrder } from '@weighbridge/ports/job-rules';
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
import { claimFolder } from './folder-claim.js';
import type { JobEntry } from './job-entry.js';
import { JobLane } from './job-lane.js';
import { JobTable } from './job-table.js';
import { LocalWorker } from './local-worker.js';
import { QueueJournal, readJournal } from './queue-journal.js';
import { isEnded, type StoredJob, waitingAgain } from './stored-job.js';

export interface LocalQueueOptions {
  /** Made when it is absent; one process owns it. */
  readonly folder: string;
  /** Unix milliseconds. */
  readonly now?: () => number;
  readonly retry?: RetryPolicy;
  /** Jobs that ended and can still be read; default 10,000. */
  readonly keep?: number;
}

const KEEP = 10_000;
const JOURNAL = 'queue.log';
const RETRY_WRITE_MS = 1000;

/**
 * A queue in this process, journalled in a folder. Jobs that ran when their process was killed wait again.
 * @throws BUSY when somebody has the folder open; MALFORMED when its journal is damaged; IO
 */
export async function createLocalQueue({ folder, ...options }: LocalQueueOptions): Promise<Queue> {
  await makeFolderDurably(folder, 0o700);
  let release: (() => Promise<void>) | undefined;
  try {
    release = await claimFolder(folder);
    await removeTemporaries(folder);
    const queue = new LocalQueue(folder, options, release);
    await queue.load();
    return queue;
  } catch (cause) {
    await release?.();
    throw asIoError('open the queue in', folder, cause);
  }
}

class LocalQueue implements Queue {
  private readonly table: JobTable;
  private readonly journal: QueueJournal;
  private readonly lanes = new Map<string, JobLane>();
  private readonly workers = new Set<LocalWorker>();
  private readonly adding = new Map<string, Promise<Job>>();
  private readonly now: () => number;
  private readonly policy: RetryPolicy;
  private isClosing = false;
  private isClosed = false;

  constructor(
    readonly location: string,
    { now = Date.now, retry = RETRY, keep = KEEP }: Omit<LocalQueueOptions, 'folder'>,
    private readonly release: () => Promise<void>,
  ) {
    this.now = now;
    this.policy = retry;
    this.table = new JobTable(keep);
    this.journal = new QueueJournal(join(location, JOURNAL), () => this.table.all());
  }

  async load(): Promise<void> {
    for (const stored of await readJournal(join(this.location, JOURNAL))) this.table.put(stored);
    for (const stored of this.table.all()) {
      if (stored.state === 'running') this.table.put(this.orphaned(stored));
    }
    await this.journal.rewrite();
    for (const { id, state } of this.table.all()) if (state === 'waiting') this.wait(this.table.get(id)!);
  }

  async add(order: JobOrder): Promise<Job> {
    this.requireOpen();
    const { id, data } = requireOrder(order);
    const adding = this.adding.get(id);
    if (adding !== undefined) return adding;
    const added = this.addOnce(id, { kind: order.kind, data }).finally(() => this.adding.delete(id));
    this.adding.set(id, added);
    return added;
  }

  async get(id: string): Promise<Job | undefined> {
    this.requireOpen();
    return this.table.get(id)?.job;
  }

  async list(state: JobState, limit: number): Promise<Job[]> {
    this.requireOpen();
    return this.table.newest(state, limit).map(({ job }) => job);
  }

  async cancel(id: string): Promise<Job | undefined> {
    this.requireOpen();
    const entry = await this.settled(id);
    if (entry === undefined || isEnded(entry.stored)) return entry?.job;
    if (entry.stored.state === 'running') await this.stopRunning(entry);
    else await this.cancelWaiting(entry);
    return entry.job;
  }

  async retry(id: string): Promise<Job | undefined> {
    this.requireOpen();
    const entry = await this.settled(id);
    if (entry === undefined || !['dead', 'cancelled'].includes(entry.stored.state)) return undefined;
    await this.settle(entry, waitingAgain(entry.stored, { tries: 0 }), (settled) => this.wait(settled));
    return this.table.get(id)!.job;
  }

  async *watch(id: string, signal: AbortSignal): AsyncGenerator<Job> {
    this.requireOpen();
    for (let seen = -1; !signal.aborted && !this.isClosed; ) {
      const entry = this.table.get(id);
      if (entry === undefined) return;
      if (entry.version !== seen) {
        seen = entry.version;
        const { job } = entry;
        yield job;
        if (isEnded(job)) return;
      } else await entry.changed(signal);
    }
  }

  async work(kind: string, handler: JobHandler, { concurrency }: WorkerOptions): Promise<QueueWorker> {
    this.requireOpen();
    requireKind(kind);
    const lane = this.lane(kind);
    const { policy, now } = this;
    const worker = new LocalWorker(
      {
        lane,
        policy,
        now,
        started: (entry, stored) => this.started(entry, stored),
        ended: (entry, stored) => this.ended(entry, stored),
      },
      handler,
      concurrency,
    );
    this.workers.add(worker);
    lane.join(worker);
    return worker;
  }

  async probe(): Promise<QueueState> {
    this.requireOpen();
    const count = (state: JobState) => this.table.count(state);
    return { location: this.location, waiting: count('waiting'), running: count('running'), dead: count('dead') };
  }

  async close(): Promise<void> {
    if (this.isClosing) return;
    this.isClosing = true;
    await Promise.all(Array.from(this.workers, (worker) => worker.close(0)));
    this.isClosed = true;
    this.table.announceAll();
    await this.journal.close();
    await this.release();
  }

  private async addOnce(id: string, { kind, data }: Pick<StoredJob, 'kind' | 'data'>): Promise<Job> {
    const found = await this.settled(id);
    if (found !== undefined && !['dead', 'cancelled'].includes(found.stored.state)) return found.job;
    const stored = { id, kind, data, state: 'waiting', attempts: 0, tries: 0, addedAt: this.now() } as const;
    let job: Job | undefined;
    await this.journal.append(stored, () => {
      const entry = this.table.put(stored);
      job = entry.job;
      this.wait(entry);
    });
    return job!;
  }

  /** An entry that nobody is about to change but a worker. */
  private async settled(id: string): Promise<JobEntry | undefined> {
    for (let entry = this.table.get(id); ; entry = this.table.get(id)) {
      if (entry?.settling === undefined) return entry;
      await entry.settling.catch(() => {});
    }
  }

  private async settle(entry: JobEntry, stored: StoredJob, then: (entry: JobEntry) => void = () => {}): Promise<void> {
    const settling = this.journal.append(stored, () => then(this.table.put(stored)));
    entry.settling = settling;
    try {
      await settling;
    } finally {
      entry.settling = undefined;
    }
  }

  private async cancelWaiting(entry: JobEntry): Promise<void> {
    clearTimeout(entry.retryTimer);
    entry.isQueued = false;
    try {
      await this.settle(entry, { ...waitingAgain(entry.stored), state: 'cancelled', endedAt: this.now() });
    } catch (error) {
      this.wait(entry);
      throw error;
    }
  }

  /** The job's worker journals how it ends; this keeps the wish should the process die before. */
  private async stopRunning(entry: JobEntry): Promise<void> {
    entry.stored = { ...entry.stored, isCancelling: true };
    const written = this.journal.append(entry.stored, () => {});
    entry.stop?.abort(
      new WeighbridgeError('BUSY', 'the job was cancelled', { hint: 'order it again if it is needed' }),
    );
    await written;
  }

  private wait(entry: JobEntry): void {
    const { kind, notBefore = 0 } = entry.stored;
    const pauseMs = Math.min(notBefore - this.now(), this.policy.mostMs);
    if (pauseMs <= 0) this.lane(kind).enqueue(entry);
    else entry.retryTimer = setTimeout(() => this.lane(kind).enqueue(entry), pauseMs).unref();
  }

  private started(entry: JobEntry, stored: StoredJob): void {
    entry.change(stored);
    this.journal.append(stored, () => {}).catch(() => {});
  }

  private async ended(entry: JobEntry, stored: StoredJob): Promise<void> {
    const waits = stored.state === 'waiting';
    for (;;) {
      try {
        return await this.settle(entry, stored, waits ? (settled) => this.wait(settled) : undefined);
      } catch {
        // The journal says that it runs, so the next process does it again.
        if (this.isClosing) return;
        await sleep(RETRY_WRITE_MS);
      }
    }
  }

  private orphaned(stored: StoredJob): StoredJob {
    const { isCancelling, tries } = stored;
    if (isCancelling) return { ...waitingAgain(stored), state: 'cancelled', endedAt: this.now() };
    if (tries < this.policy.tries) return waitingAgain(stored);
    return { ...waitingAgain(stored), state: 'dead', failure: lostFailure(tries), endedAt: this.now() };
  }

  private lane(kind: string): JobLane {
    const lane = this.lanes.get(kind) ?? new JobLane();
    this.lanes.set(kind, lane);
    return lane;
  }

  private requireOpen(): void {
    if (!this.isClosed) return;
    throw new WeighbridgeError('UNVERIFIABLE', `the queue in ${showPath(this.location)} is closed`, {
      hint: 'the process shuts down: ask again when it is back',
    });
  }
}
