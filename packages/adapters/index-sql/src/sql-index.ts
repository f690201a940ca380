import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReleaseName } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import type { AuditEntry, IndexedRelease, ReleaseIndex, ReleaseQuery } from '@weighbridge/ports/release-index';
import type { Kysely } from 'kysely';
import type { IndexTables } from './index-schema.js';
import { indexedOf, rowOf } from './release-row.js';
import type { SqlStore } from './sql-store.js';
import { explainFailure, isBusy } from './sqlite-failure.js';
import { openSqliteStore } from './sqlite-store.js';

export interface SqlIndexOptions {
  /** The SQLite file; its folder exists. */
  readonly path: string;
  /** How long to wait for another writer; default 5,000. */
  readonly busyTimeoutMs?: number;
}

const BUSY_TIMEOUT_MS = 5000;
const PAUSE_MS = 15;
/** Bounds the parameters of one statement. */
const ROWS_A_STATEMENT = 500;

/**
 * Opens the index in a SQLite file, made when it is absent.
 * @throws MALFORMED when the file is damaged or something else's; BUSY, IO, USAGE
 */
export async function openSqlIndex({ path, busyTimeoutMs = BUSY_TIMEOUT_MS }: SqlIndexOptions): Promise<ReleaseIndex> {
  try {
    return new SqlIndex(await patiently(() => openSqliteStore(path), isBusy, busyTimeoutMs), busyTimeoutMs);
  } catch (error) {
    throw explainFailure(error, path);
  }
}

/**
 * Puts a damaged or foreign index aside, as `<path>.damaged`, and makes a new one. Its audit log is not carried over.
 * @throws BUSY, IO, USAGE
 */
export async function replaceSqlIndex(options: SqlIndexOptions): Promise<ReleaseIndex> {
  const { path } = options;
  try {
    await rename(path, `${path}.damaged`);
    for (const suffix of ['-wal', '-shm', '-journal']) await rm(`${path}${suffix}`, { force: true });
    await syncFolder(dirname(path));
  } catch (cause) {
    if (!saysAbsent(cause)) throw asIoError('put aside', path, cause);
  }
  return openSqlIndex(options);
}

async function patiently<T>(
  task: () => Promise<T>,
  mayHelp: (error: unknown) => boolean,
  timeoutMs: number,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (!mayHelp(error) || performance.now() >= deadline) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

class SqlIndex implements ReleaseIndex {
  constructor(
    private readonly store: SqlStore,
    private readonly busyTimeoutMs: number,
  ) {}

  get location(): string {
    return this.store.location;
  }

  put(rows: readonly IndexedRelease[], mark?: string): Promise<void> {
    return this.run(({ write }) =>
      write(async (db) => {
        await insert(db, rows);
        if (mark !== undefined) await setMark(db, mark);
      }),
    );
  }

  rebuild(rows: readonly IndexedRelease[], mark?: string): Promise<void> {
    return this.run(({ write }) =>
      write(async (db) => {
        await db.deleteFrom('releases').execute();
        await insert(db, rows);
        await setMark(db, mark);
      }),
    );
  }

  mark(): Promise<string | undefined> {
    return this.run(async ({ db }) => (await db.selectFrom('mark').select('mark').executeTakeFirst())?.mark);
  }

  get(release: ReleaseName): Promise<IndexedRelease | undefined> {
    return this.run(async ({ db }) => {
      const row = await db.selectFrom('releases').selectAll().where('release', '=', release).executeTakeFirst();
      return row === undefined ? undefined : indexedOf(row);
    });
  }

  list({ model, after, limit }: ReleaseQuery): Promise<IndexedRelease[]> {
    return this.run(async ({ db }) => {
      let query = db.selectFrom('releases').selectAll().orderBy('model').orderBy('version_code').orderBy('release');
      if (model !== undefined) query = query.where('model', '=', model);
      if (after !== undefined) {
        const place = await placeOf(db, after);
        query = query.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('model', 'version_code', 'release'), '>', tuple(place.model, place.version_code, after)),
        );
      }
      return (await query.limit(limit).execute()).map(indexedOf);
    });
  }

  count(): Promise<number> {
    return this.run(async ({ db }) => {
      const { count } = await db
        .selectFrom('releases')
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow();
      return Number(count);
    });
  }

  audit({ at, actor, action, subject, outcome }: AuditEntry): Promise<void> {
    const text = { actor, action, subject, outcome };
    // libsql cuts a text at U+0000 and PostgreSQL refuses it: what was asked for must not vanish from the log.
    const kept = Object.entries(text).map(([name, value]) => [name, value.replaceAll('\0', '\\u{0}')]);
    const row = { at, ...(Object.fromEntries(kept) as typeof text) };
    return this.run(({ write }) =>
      write(async (db) => {
        await db.insertInto('audit').values(row).execute();
      }),
    );
  }

  auditLog(limit: number): Promise<AuditEntry[]> {
    return this.run(async ({ db }) => {
      const columns = ['at', 'actor', 'action', 'subject', 'outcome'] as const;
      const rows = await db.selectFrom('audit').select(columns).orderBy('id', 'desc').limit(limit).execute();
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    });
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private async run<T>(task: (store: SqlStore) => Promise<T>): Promise<T> {
    try {
      return await patiently(() => task(this.store), this.store.isBusy, this.busyTimeoutMs);
    } catch (error) {
      throw this.store.explain(error);
    }
  }
}

async function setMark(db: Kysely<IndexTables>, mark: string | undefined): Promise<void> {
  await db.deleteFrom('mark').execute();
  if (mark !== undefined) await db.insertInto('mark').values({ id: 1, mark }).execute();
}

/** Where the rows after a release begin. @throws USAGE when the index does not hold it */
async function placeOf(db: Kysely<IndexTables>, after: ReleaseName) {
  const columns = ['model', 'version_code'] as const;
  const place = await db.selectFrom('releases').select(columns).where('release', '=', after).executeTakeFirst();
  if (place !== undefined) return place;
  throw new WeighbridgeError('USAGE', `the index holds no ${after} to go on after`, {
    hint: 'list from the beginning again',
    details: { release: after },
  });
}

async function insert(db: Kysely<IndexTables>, rows: readonly IndexedRelease[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await db
      .insertInto('releases')
      .values(rows.slice(at, at + ROWS_A_STATEMENT).map(rowOf))
      .onConflict((conflict) =>
        conflict.column('release').doUpdateSet((eb) => ({
          model: eb.ref('excluded.model'),
          version: eb.ref('excluded.version'),
          version_code: eb.ref('excluded.version_code'),
          release_digest: eb.ref('excluded.release_digest'),
          content_digest: eb.ref('excluded.content_digest'),
          status: eb.ref('excluded.status'),
          reason: eb.ref('excluded.reason'),
          approvals: eb.ref('excluded.approvals'),
          threshold: eb.ref('excluded.threshold'),
          files: eb.ref('excluded.files'),
          bytes: eb.ref('excluded.bytes'),
          channels: eb.ref('excluded.channels'),
        })),
      )
      .execute();
  }
}
