import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeDurably } from './durable-remove.js';
import { durableCalls } from './testing/durable-calls.js';
import { temporaryFolder } from './testing/temporary-folder.js';

describe('removeDurably', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  test('removes a file, and syncs the folder that named it', async () => {
    writeFileSync(join(folder, 'file'), '');
    const script = `
      import { removeDurably } from './durable-remove.js';
      await removeDurably(process.argv[2] + '/file');
    `;
    expect(await durableCalls(import.meta.dirname, folder, script)).toEqual(['fsync ']);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does nothing where nothing is', async () => {
    await expect(removeDurably(join(folder, 'file'))).resolves.toBeUndefined();
    await expect(removeDurably(join(folder, 'absent/file'))).resolves.toBeUndefined();
  });

  test('a folder is IO', async () => {
    mkdirSync(join(folder, 'file'));
    await expect(removeDurably(join(folder, 'file'))).rejects.toMatchObject({ code: 'IO' });
  });
});
