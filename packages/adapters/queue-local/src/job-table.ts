import type { JobState } from '@weighbridge/ports/queue';
import { JobEntry } from './job-entry.js';
import { isEnded, type StoredJob } from './stored-job.js';

/** Every job in memory, in the order in which they were ordered; of those that ended the last ones. */
export class JobTable {
  private readonly entries = new Map<string, JobEntry>();
  /** Ids in the order in which they ended. */
  private readonly ended = new Set<string>();

  /** @param keep jobs that ended and stay */
  constructor(private readonly keep: number) {}

  get(id: string): JobEntry | undefined {
    return this.entries.get(id);
  }

  /** Takes a job as it is now. */
  put(stored: StoredJob): JobEntry {
    const entry = this.entries.get(stored.id) ?? new JobEntry(stored);
    // Ordered anew: it stands last again.
    if (isEnded(entry.stored) && !isEnded(stored)) this.entries.delete(stored.id);
    this.entries.set(stored.id, entry);
    this.ended.delete(stored.id);
    if (isEnded(stored)) this.retain(stored.id);
    entry.change(stored);
    return entry;
  }

  all(): StoredJob[] {
    return Array.from(this.entries.values(), ({ stored }) => stored);
  }

  newest(state: JobState, limit: number): JobEntry[] {
    return [...this.entries.values()]
      .filter(({ stored }) => stored.state === state)
      .reverse()
      .slice(0, limit);
  }

  count(state: JobState): number {
    let count = 0;
    for (const { stored } of this.entries.values()) if (stored.state === state) count += 1;
    return count;
  }

  /** Wakes everybody who watches something. */
  announceAll(): void {
    for (const entry of this.entries.values()) entry.announce();
  }

  private retain(id: string): void {
    this.ended.add(id);
    if (this.ended.size <= this.keep) return;
    const [oldest] = this.ended;
    this.ended.delete(oldest!);
    this.entries.delete(oldest!);
  }
}
