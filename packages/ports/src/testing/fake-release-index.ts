import type { ReleaseName } from '@weighbridge/core/brands';
import { compareUtf8 } from '@weighbridge/core/members';
import type { AuditEntry, IndexedRelease, ReleaseIndex, ReleaseQuery } from '../release-index.js';
import { refuse } from './fake-refusal.js';

/** An index in memory. */
export class FakeReleaseIndex implements ReleaseIndex {
  readonly location = 'memory';
  private rows = new Map<ReleaseName, IndexedRelease>();
  private readonly entries: AuditEntry[] = [];
  private marked: string | undefined;

  async put(rows: readonly IndexedRelease[], mark = this.marked): Promise<void> {
    for (const row of rows) this.rows.set(row.release, structuredClone(row));
    this.marked = mark;
  }

  async rebuild(rows: readonly IndexedRelease[], mark?: string): Promise<void> {
    this.rows = new Map(rows.map((row) => [row.release, structuredClone(row)]));
    this.marked = mark;
  }

  async mark(): Promise<string | undefined> {
    return this.marked;
  }

  async get(release: ReleaseName): Promise<IndexedRelease | undefined> {
    return structuredClone(this.rows.get(release));
  }

  async list({ model, after, limit }: ReleaseQuery): Promise<IndexedRelease[]> {
    const last = after === undefined ? undefined : (this.rows.get(after) ?? refuse('USAGE', `no ${after}`));
    return [...this.rows.values()]
      .filter((row) => (model === undefined || row.model === model) && (last === undefined || compare(row, last) > 0))
      .sort(compare)
      .slice(0, limit)
      .map((row) => structuredClone(row));
  }

  async count(): Promise<number> {
    return this.rows.size;
  }

  async audit(entry: AuditEntry): Promise<void> {
    this.entries.push({ ...entry });
  }

  async auditLog(limit: number): Promise<AuditEntry[]> {
    return [...this.entries].reverse().slice(0, limit);
  }

  async close(): Promise<void> {}
}

function compare(a: IndexedRelease, b: IndexedRelease): number {
  return compareUtf8(a.model, b.model) || a.versionCode - b.versionCode || compareUtf8(a.release, b.release);
}
