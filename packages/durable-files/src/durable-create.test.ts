import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDurably } from './durable-create.js';
import { durableCalls } from './testing/durable-calls.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { withoutRoot } from './testing/without-root.js';

const NEW = Buffer.from('new');

describe('createDurably', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  test('makes a file with the mode, and nothing else', async () => {
    expect(await createDurably(join(folder, 'file'), NEW, 0o600)).toBe(true);
    expect(readFileSync(join(folder, 'file'))).toEqual(NEW);
    expect(statSync(join(folder, 'file')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test.each<[string, (path: string) => void]>([
    ['file', (path) => writeFileSync(path, 'old')],
    ['folder', (path) => mkdirSync(path)],
    ['symlink to nothing', (path) => symlinkSync('absent', path)],
  ])('leaves a %s at the name as it is', async (_, put) => {
    put(join(folder, 'file'));
    const before = readdirSync(folder, { withFileTypes: true });
    expect(await createDurably(join(folder, 'file'), NEW, 0o600)).toBe(false);
    expect(readdirSync(folder, { withFileTypes: true })).toEqual(before);
  });

  test('of many at once one makes it', async () => {
    const made = await Promise.all(
      Array.from({ length: 8 }, (_, index) => createDurably(join(folder, 'file'), Buffer.from([index]), 0o600)),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(join(folder, 'file'))).toEqual(Buffer.from([made.indexOf(true)]));
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('syncs the bytes, then the name', async () => {
    const script = `
      import { createDurably } from './durable-create.js';
      await createDurably(process.argv[2] + '/file', Buffer.from('new'), 0o600);
    `;
    const calls = await durableCalls(import.meta.dirname, folder, script);
    expect(calls.map((call) => call.replace(/ \.\S+\.tmp$/, ' temporary'))).toEqual([
      'pwrite64 temporary',
      'fsync temporary',
      'fsync ',
    ]);
  });

  test('is IO where it cannot be made', async () => {
    await expect(createDurably(join(folder, 'absent/file'), NEW, 0o600)).rejects.toMatchObject({ code: 'IO' });
    chmodSync(folder, 0o555);
    await expect(withoutRoot(() => createDurably(join(folder, 'file'), NEW, 0o600))).rejects.toMatchObject({
      code: 'IO',
    });
  });
});
