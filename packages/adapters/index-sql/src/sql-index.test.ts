import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Digest, ModelName, ReleaseName } from '@weighbridge/core/brands';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import type { IndexedRelease, ReleaseIndex } from '@weighbridge/ports/release-index';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqlIndex, replaceSqlIndex } from './sql-index.js';

const ROW: IndexedRelease = {
  release: 'acme/pilot@1.0.0' as ReleaseName,
  model: 'acme/pilot' as ModelName,
  version: '1.0.0',
  versionCode: 1,
  releaseDigest: 'ab'.repeat(64) as Digest,
  contentDigest: null,
  status: 'approved',
  reason: null,
  approvals: [],
  threshold: 1,
  files: 1,
  bytes: 1,
  channels: ['ipfs'],
};
const ENTRY = { at: 1, actor: 'cli', action: 'revoke', subject: 'acme/pilot@1.0.0', outcome: 'OK' };

describe('the index in a file', () => {
  let folder: string;
  let path: string;
  let dispose: () => void;
  let index: ReleaseIndex | undefined;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    path = join(folder, 'index.sqlite');
    index = undefined;
  });
  afterEach(async () => {
    await index?.close();
    dispose();
  });

  const closed = async (): Promise<void> => {
    const first = await openSqlIndex({ path });
    await first.put([ROW]);
    await first.audit(ENTRY);
    await first.close();
  };

  test('is all in one file, for this user alone, once it is closed', async () => {
    await closed();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual([basename(path)]);
    index = await openSqlIndex({ path });
    expect(await index.get(ROW.release)).toEqual(ROW);
  });

  test('who only reads makes no file and changes none', async () => {
    await closed();
    const before = [statSync(path).mtimeMs, statSync(dirname(path)).mtimeMs];
    index = await openSqlIndex({ path });
    expect(await index.list({ limit: 10 })).toEqual([ROW]);
    expect(await index.mark()).toBeUndefined();
    await index.close();
    expect([statSync(path).mtimeMs, statSync(dirname(path)).mtimeMs]).toEqual(before);
  });

  test.each([
    ['text', () => writeFileSync(path, 'not a database, whatever its name says'.repeat(100))],
    ['a cut file', () => truncateSync(path, 5000)],
    ['a broken first page', () => writeFileSync(path, readFileSync(path).fill(0xff, 100, 4096))],
  ])('%s is damaged, and can be replaced', async (_, damage) => {
    await closed();
    damage();
    const use = async () => {
      const opened = await openSqlIndex({ path });
      try {
        await opened.list({ limit: 10 });
        await opened.auditLog(10);
      } finally {
        await opened.close();
      }
    };
    await expect(use()).rejects.toMatchObject({ code: 'MALFORMED' });
    const damaged = readFileSync(path);
    index = await replaceSqlIndex({ path });
    expect(await index.count()).toBe(0);
    await index.rebuild([ROW]);
    expect(await index.list({ limit: 10 })).toEqual([ROW]);
    expect(readFileSync(`${path}.damaged`)).toEqual(damaged);
  });

  test('a database of something else is left as it is', async () => {
    const foreign = new Database(path);
    foreign.exec('CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)');
    foreign.close();
    const before = readFileSync(path);
    await expect(openSqlIndex({ path })).rejects.toMatchObject({ code: 'MALFORMED' });
    expect(readFileSync(path)).toEqual(before);
  });

  test('one of a newer version is refused', async () => {
    await closed();
    const newer = new Database(path);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(openSqlIndex({ path })).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  test('what is no file is USAGE, a missing folder IO', async () => {
    mkdirSync(path);
    await expect(openSqlIndex({ path })).rejects.toMatchObject({ code: 'USAGE' });
    symlinkSync('/dev/null', `${path}-link`);
    await expect(openSqlIndex({ path: `${path}-link` })).rejects.toMatchObject({ code: 'USAGE' });
    await expect(openSqlIndex({ path: join(folder, 'none', 'index') })).rejects.toMatchObject({ code: 'IO' });
  });

  test('a writer in the way is waited for, then BUSY; readers go on', async () => {
    index = await openSqlIndex({ path, busyTimeoutMs: 100 });
    await index.put([ROW]);
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    try {
      expect(await index.get(ROW.release)).toEqual(ROW);
      const second = await openSqlIndex({ path, busyTimeoutMs: 100 });
      expect(await second.count()).toBe(1);
      await second.close();
      await expect(index.put([ROW])).rejects.toMatchObject({ code: 'BUSY' });
      const waiting = openSqlIndex({ path });
      other.exec('COMMIT');
      await (await waiting).close();
    } finally {
      other.close();
    }
    await index.put([ROW]);
  });

  test('many who make it at once make one', async () => {
    const opened = await Promise.all(Array.from({ length: 5 }, () => openSqlIndex({ path })));
    await Promise.all(opened.map((each) => each.audit(ENTRY)));
    expect(await opened[0]!.auditLog(10)).toHaveLength(5);
    for (const each of opened) await each.close();
  });

  test('a hidden end of a text stays in the log', async () => {
    index = await openSqlIndex({ path });
    await index.audit({ ...ENTRY, subject: 'a\0b' });
    expect(await index.auditLog(1)).toMatchObject([{ subject: 'a\\u{0}b' }]);
  });

  test('a row that somebody changed is damage', async () => {
    await closed();
    const other = new Database(path);
    other.exec("UPDATE releases SET approvals = '[{'");
    other.close();
    index = await openSqlIndex({ path });
    await expect(index.get(ROW.release)).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});
