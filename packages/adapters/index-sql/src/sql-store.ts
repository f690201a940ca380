import type { Kysely } from 'kysely';
import type { IndexTables } from './index-schema.js';

/** What the queries need of a database; everything that only one dialect can say stands behind it. */
export interface SqlStore {
  readonly db: Kysely<IndexTables>;
  /** Runs a task as one transaction that writes. */
  write(task: (db: Kysely<IndexTables>) => Promise<void>): Promise<void>;
  /** Without credentials. */
  readonly location: string;
  /** What to throw for a failure of the database; anything else comes back as it is. */
  explain(error: unknown): unknown;
  /** Whether another connection was in the way, so that the same again may help. */
  isBusy(error: unknown): boolean;
  close(): Promise<void>;
}
