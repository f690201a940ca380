import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MAX_ENTRIES, scanFolder } from './scan-folder.js';

describe('scanFolder', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  const scan = (maxEntries?: number): ReturnType<typeof scanFolder> =>
    scanFolder(folder, ['.weighbridge'], folder, maxEntries);

  test('takes as many files and folders as are allowed, and not one more', async () => {
    expect(MAX_ENTRIES).toBe(100_000);
    mkdirSync(join(folder, 'sub/empty'), { recursive: true });
    mkdirSync(join(folder, '.weighbridge'));
    for (const name of ['a', 'sub/b', 'sub/c']) writeFileSync(join(folder, name), '');
    expect((await scan(5)).entries).toHaveLength(3);
    await expect(scan(4)).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('lists a folder of more names than are read at a time', async () => {
    for (let index = 0; index < 1_000; index++) writeFileSync(join(folder, `file ${index}`), '');
    expect((await scan()).entries).toHaveLength(1_000);
  });

  test('goes as deep as a path can name', async () => {
    const depth = 1_000;
    mkdirSync(join(folder, ...Array.from({ length: depth }, () => 'd')), { recursive: true });
    writeFileSync(join(folder, ...Array.from({ length: depth }, () => 'd'), 'file'), '');
    expect((await scan()).entries).toMatchObject([{ path: `${'d/'.repeat(depth)}file` }]);
  });

  test('refuses what is deeper still', async () => {
    const script =
      'import os,sys\nos.chdir(sys.argv[1])\nfor _ in range(50):\n  os.mkdir("d"*200)\n  os.chdir("d"*200)\nopen("file","w").close()';
    execFileSync('python3', ['-c', script, folder]);
    await expect(scan()).rejects.toMatchObject({ code: 'LIMIT' });
  });
});
