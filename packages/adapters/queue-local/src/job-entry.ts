import type { JobStop } from '@weighbridge/ports/job-stop';
import type { Job, JobProgress } from '@weighbridge/ports/queue';
import { type StoredJob, toJob } from './stored-job.js';

/** At most four a second of a job. */
const PROGRESS_PAUSE_MS = 250;

/** One job in memory: how it is, who waits for a change of it, what stops it. */
export class JobEntry {
  /** Counts changes. */
  version = 0;
  /** Tells its ends apart; 0 while it has not ended. */
  endMark = 0;
  /** Stands in its lane, to be started. */
  isQueued = false;
  /** Stops the handler that runs. */
  stop: JobStop | undefined;
  /** A change by somebody else than its worker that is not durable yet. */
  settling: Promise<void> | undefined;
  /** Until it may be tried again. */
  retryTimer: NodeJS.Timeout | undefined;
  private progress: JobProgress | undefined;
  private progressTimer: NodeJS.Timeout | undefined;
  private listeners: (() => void)[] = [];

  constructor(public stored: StoredJob) {}

  get job(): Job {
    return toJob(this.stored, this.progress);
  }

  change(stored: StoredJob): void {
    if (stored.state !== 'running') this.forgetProgress();
    this.stored = stored;
    this.announce();
  }

  /** Listeners hear of it at once when they heard nothing for a while, else at the end of that while. */
  advance(progress: JobProgress): void {
    this.progress = progress;
    if (this.progressTimer !== undefined) return;
    this.announce();
    const { version } = this;
    const announced = progress;
    this.progressTimer = setTimeout(() => {
      this.progressTimer = undefined;
      if (this.progress !== announced && this.version === version) this.announce();
    }, PROGRESS_PAUSE_MS).unref();
  }

  announce(): void {
    this.version += 1;
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }

  /** Resolves at the next change, and when the signal is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        signal.removeEventListener('abort', end);
        resolve();
      };
      signal.addEventListener('abort', end);
      this.listeners.push(end);
    });
  }

  private forgetProgress(): void {
    clearTimeout(this.progressTimer);
    this.progressTimer = undefined;
    this.progress = undefined;
  }
}
