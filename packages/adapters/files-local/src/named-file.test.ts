import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeSockets, putOther } from '@weighbridge/durable-files/testing/put-other';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readNamedFile } from './named-file.js';

describe('readNamedFile', () => {
  let folder: string;
  let file: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    file = join(folder, 'file');
  });
  afterEach(() => {
    closeSockets();
    dispose();
  });

  const read = (path = file, maxBytes = 100): Promise<Uint8Array> => readNamedFile(path, maxBytes, 'the bundle');

  test('reads a file, and one behind symlinks', async () => {
    writeFileSync(file, 'bytes');
    symlinkSync('file', join(folder, 'link'));
    symlinkSync('link', join(folder, 'chain'));
    expect(Buffer.from(await read()).toString()).toBe('bytes');
    expect(Buffer.from(await read(join(folder, 'chain'))).toString()).toBe('bytes');
  });

  test.each(['file', 'file/below', 'broken', 'loop', 'n'.repeat(256), ''])(
    '%s, where nothing is, is USAGE and named',
    async (name) => {
      symlinkSync('absent', join(folder, 'broken'));
      symlinkSync('loop', join(folder, 'loop'));
      const path = name === '' ? '' : join(folder, name);
      await expect(read(path)).rejects.toMatchObject({ code: 'USAGE', details: { file: path } });
    },
  );

  test.each(['folder', 'FIFO', 'socket'] as const)('a %s is USAGE, at once', { timeout: 2_000 }, async (kind) => {
    if (kind === 'folder') mkdirSync(file);
    else await putOther(file, kind);
    symlinkSync('file', join(folder, 'link'));
    await expect(read()).rejects.toMatchObject({ code: 'USAGE' });
    await expect(read(join(folder, 'link'))).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each(['/dev/null', '/dev/zero', '/dev/tty'])('%s is USAGE', { timeout: 2_000 }, async (path) => {
    await expect(read(path)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('the limit is the last size that is read', async () => {
    writeFileSync(file, 'bytes');
    expect(await read(file, 5)).toHaveLength(5);
    await expect(read(file, 4)).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('a giant is LIMIT without being read', { timeout: 2_000 }, async () => {
    writeFileSync(file, '');
    truncateSync(file, 2 ** 40);
    await expect(read()).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('a file that says it is empty and is not is read up to the limit', async () => {
    expect((await read('/proc/self/status', 100_000)).length).toBeGreaterThan(100);
    await expect(read('/proc/self/status', 100)).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('a file that may not be read is IO', async () => {
    writeFileSync(file, 'bytes');
    chmodSync(file, 0o000);
    await expect(withoutRoot(() => read())).rejects.toMatchObject({ code: 'IO', details: { file } });
  });

  test('a file in a folder that may not be entered is IO', async () => {
    writeFileSync(file, 'bytes');
    chmodSync(folder, 0o600);
    await expect(withoutRoot(() => read())).rejects.toMatchObject({ code: 'IO' });
    chmodSync(folder, 0o755);
  });
});
