import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeFolderDurably } from './durable-folder.js';
import { durableCalls } from './testing/durable-calls.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { withoutRoot } from './testing/without-root.js';

describe('makeFolderDurably', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  test('makes parents too, all with the mode, and leaves what is there as it is', async () => {
    await makeFolderDurably(join(folder, 'a/b'), 0o700);
    await makeFolderDurably(join(folder, 'a'), 0o755);
    for (const path of ['a', 'a/b']) expect(statSync(join(folder, path)).mode & 0o777).toBe(0o700);
  });

  test('syncs every folder that got a new name', async () => {
    const script = `
      import { makeFolderDurably } from './durable-folder.js';
      await makeFolderDurably(process.argv[2] + '/a/b/c', 0o700);
      await makeFolderDurably(process.argv[2] + '/a/b/c', 0o700);
    `;
    expect(await durableCalls(import.meta.dirname, folder, script)).toEqual(['fsync a/b', 'fsync a', 'fsync ']);
  });

  test('is IO where it cannot be made', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(makeFolderDurably(join(folder, 'file/below'), 0o700)).rejects.toMatchObject({ code: 'IO' });
    chmodSync(folder, 0o555);
    await expect(withoutRoot(() => makeFolderDurably(join(folder, 'new'), 0o700))).rejects.toMatchObject({
      code: 'IO',
    });
  });
});
