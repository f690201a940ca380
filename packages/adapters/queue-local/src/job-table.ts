import type { JobState } from '@weighbridge/ports/queue';
import { JobEntry } from './job-entry.js';
import { isEnded, type StoredJob } from './stored-job.js';

/** Every job in memory, in the order in which they were ordered; of those that ended the last ones. */
export class JobTable {
  private readonly entries = new Map<string, JobEntry>();
  /** In the order in which they ended; one that was ordered again meanwhile bears another mark. */
  private ended: { readonly entry: JobEntry; readonly mark: number }[] = [];
  private head = 0;
  private endedCount = 0;
  private marks = 0;

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
    if (entry.endMark !== 0) this.endedCount -= 1;
    entry.endMark = 0;
    if (isEnded(stored)) this.retain(entry);
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

  private retain(entry: JobEntry): void {
    this.marks += 1;
    this.endedCount += 1;
    entry.endMark = this.marks;
    this.ended.push({ entry, mark: this.marks });
    while (this.endedCount > this.keep) this.dropOldest();
  }

  private dropOldest(): void {
    const { entry, mark } = this.ended[this.head]!;
    this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.ended.length) {
      this.ended = this.ended.slice(this.head);
      this.head = 0;
    }
    if (entry.endMark !== mark) return;
    this.endedCount -= 1;
    entry.endMark = 0;
    this.entries.delete(entry.stored.id);
  }
}
