import type { ColumnDataType, Generated, Kysely } from 'kysely';

/** One row of an indexed release; lists as JSON text, which both dialects keep alike. */
export interface ReleaseRow {
  readonly release: string;
  readonly model: string;
  readonly version: string;
  readonly version_code: number;
  readonly release_digest: string;
  readonly content_digest: string | null;
  readonly status: string;
  readonly reason: string | null;
  readonly approvals: string;
  readonly threshold: number;
  readonly files: number;
  readonly bytes: number;
  readonly channels: string;
}

interface AuditRow {
  readonly id: Generated<number>;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
}

/** One row at most: which state of the chain the releases are of. */
interface MarkRow {
  readonly id: number;
  readonly mark: string;
}

export interface IndexTables {
  readonly releases: ReleaseRow;
  readonly mark: MarkRow;
  readonly audit: AuditRow;
}

/** What the dialects call the same thing by different names. */
export interface ColumnTypes {
  /** 64 bits. */
  readonly integer: ColumnDataType;
  /** A 64-bit key that counts by itself and gives no number twice. */
  readonly counter: ColumnDataType;
  readonly counts: boolean;
}

type Migration = (db: Kysely<IndexTables>, types: ColumnTypes) => Promise<void>;

/** Entry n brings a database from version n to n + 1; what is released is never changed. */
export const MIGRATIONS: readonly Migration[] = [createTables];

async function createTables(db: Kysely<IndexTables>, { integer, counter, counts }: ColumnTypes): Promise<void> {
  await db.schema
    .createTable('releases')
    .addColumn('release', 'text', (column) => column.primaryKey())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('version_code', integer, (column) => column.notNull())
    .addColumn('release_digest', 'text', (column) => column.notNull())
    .addColumn('content_digest', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('approvals', 'text', (column) => column.notNull())
    .addColumn('threshold', integer, (column) => column.notNull())
    .addColumn('files', integer, (column) => column.notNull())
    .addColumn('bytes', integer, (column) => column.notNull())
    .addColumn('channels', 'text', (column) => column.notNull())
    .execute();
  const order = ['model', 'version_code', 'release'] as const;
  await db.schema
    .createIndex('releases_in_order')
    .on('releases')
    .columns([...order])
    .execute();
  await db.schema
    .createTable('mark')
    .addColumn('id', integer, (column) => column.primaryKey())
    .addColumn('mark', 'text', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('audit')
    .addColumn('id', counter, (column) => (counts ? column.primaryKey().autoIncrement() : column.primaryKey()))
    .addColumn('at', integer, (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .execute();
}
