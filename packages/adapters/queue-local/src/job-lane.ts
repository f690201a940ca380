import type { JobEntry } from './job-entry.js';

/** A place where jobs are done. */
export interface LaneWorker {
  readonly hasRoom: boolean;
  start(entry: JobEntry): void;
}

/** The jobs of one kind that wait to be started, first come first served, and those who start them. */
export class JobLane {
  private queued: JobEntry[] = [];
  private head = 0;
  private readonly workers = new Set<LaneWorker>();

  enqueue(entry: JobEntry): void {
    entry.isQueued = true;
    this.queued.push(entry);
    this.dispatch();
  }

  join(worker: LaneWorker): void {
    this.workers.add(worker);
    this.dispatch();
  }

  leave(worker: LaneWorker): void {
    this.workers.delete(worker);
  }

  dispatch(): void {
    for (const worker of this.workers) {
      while (worker.hasRoom) {
        const entry = this.next();
        if (entry === undefined) return;
        worker.start(entry);
      }
    }
  }

  /** A cancelled job stays in the list until its turn comes and is passed over then. */
  private next(): JobEntry | undefined {
    while (this.head < this.queued.length) {
      const entry = this.queued[this.head]!;
      this.head += 1;
      if (this.head > 1024 && this.head * 2 > this.queued.length) {
        this.queued = this.queued.slice(this.head);
        this.head = 0;
      }
      if (!entry.isQueued) continue;
      entry.isQueued = false;
      return entry;
    }
    return undefined;
  }
}
