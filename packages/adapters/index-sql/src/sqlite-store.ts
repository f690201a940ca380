import { lstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { kindOf } from '@weighbridge/durable-files/file-kind';
import { Kysely, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { type ColumnTypes, type IndexTables, MIGRATIONS } from './index-schema.js';
import type { SqlStore } from './sql-store.js';
import { damagedIndex, explainFailure, isBusy } from './sqlite-failure.js';

/** "WBIX", so that a database of somebody else is not taken for ours. */
const APPLICATION_ID = 0x57424958;
/** SQLite waits on the event loop's thread: shortly here, and between tries without holding it up. */
const BUSY_TIMEOUT_MS = 20;
const TYPES: ColumnTypes = { integer: 'integer', counter: 'integer', counts: true };

/** Opens a SQLite file, made when it is absent, and brings it to the newest version. @throws what SQLite throws */
export async function openSqliteStore(path: string): Promise<SqlStore> {
  await createFile(path);
  const database = new Database(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const db = new Kysely<IndexTables>({ dialect: new SqliteDialect({ database }) });
    await migrate(database, db, path);
    // Without a log beside the file, which readers would make: who only reads changes nothing of a home folder. A commit is
    // on the disk before it is acknowledged.
    database.exec('PRAGMA journal_mode = DELETE');
    database.exec('PRAGMA synchronous = FULL');
    const write: SqlStore['write'] = (task) =>
      db.connection().execute((own) => inTransaction(database, () => task(own)));
    const explain = (error: unknown) => explainFailure(error, path);
    return { db, write, location: path, explain, isBusy, close: () => db.destroy() };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** For this user alone: SQLite gives the files beside it the same rights. */
async function createFile(path: string): Promise<void> {
  try {
    const kind = kindOf(lstatSync(path, { bigint: true }));
    if (kind !== 'file') throw notAFile(path, kind);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw error;
    await (await open(path, 'a', 0o600)).close();
    await syncFolder(dirname(path));
  }
}

async function migrate(database: Database.Database, db: Kysely<IndexTables>, path: string): Promise<void> {
  const read = (name: string): number => Number(Object.values(database.prepare(name).get() as object)[0]);
  const version = () => read('PRAGMA user_version');
  const isOurs = () => read('PRAGMA application_id') === APPLICATION_ID;
  const isEmpty = () => read('SELECT count(*) FROM sqlite_master') === 0;
  if (isOurs() && version() === MIGRATIONS.length) return;
  await inTransaction(database, async () => {
    if (!isOurs() && !isEmpty()) throw damagedIndex(path, 'is a database of something else');
    if (version() > MIGRATIONS.length) throw damagedIndex(path, 'was made by a newer Weighbridge');
    for (const bring of MIGRATIONS.slice(version())) await bring(db, TYPES);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  });
}

/**
 * The lock comes first and by `exec`: a prepared statement that failed because somebody else wrote stays open in libsql
 * until it is collected, and as long no transaction of this connection can be committed.
 */
async function inTransaction(database: Database.Database, task: () => Promise<void>): Promise<void> {
  database.exec('BEGIN IMMEDIATE');
  try {
    await task();
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function notAFile(path: string, kind: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(path)} is a ${kind}, where the index belongs`, {
    hint: 'remove it',
    details: { file: showPath(path) },
  });
}
