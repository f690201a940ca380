import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRegular } from './regular-file.js';
import { temporaryFolder } from './testing/temporary-folder.js';

describe('openRegular', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.dispose());

  test('opens a file and says its size and how many names it has', async () => {
    const path = join(folder.path, 'file');
    writeFileSync(path, 'abc');
    linkSync(path, join(folder.path, 'twin'));
    const opened = await openRegular(path);
    if (typeof opened === 'string') throw new Error(opened);
    expect(opened).toMatchObject({ sizeBytes: 3, linkCount: 2 });
    await opened.handle.close();
  });

  test('says what lies there instead, without waiting', async () => {
    const at = (name: string) => join(folder.path, name);
    writeFileSync(at('file'), '');
    symlinkSync(at('file'), at('link'));
    mkdirSync(at('folder'));
    execFileSync('mkfifo', [at('fifo')]);
    const server = createServer().listen(at('socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const found = await Promise.all(
      ['link', 'folder', 'fifo', 'socket', 'absent'].map((name) => openRegular(at(name))),
    );
    expect(found).toEqual(['symlink', 'folder', 'FIFO', 'socket', 'absent']);
    expect(await openRegular(at('file/below'))).toBe('absent');
    await new Promise((resolve) => server.close(resolve));
  });
});
