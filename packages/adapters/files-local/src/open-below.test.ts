import { chmodSync, mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRoot, putOther } from '@weighbridge/durable-files/testing/put-other';
import { bundleScript, run } from '@weighbridge/durable-files/testing/script';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBelow } from './open-below.js';

/** Says what is opened, and changes the tree right before or after it is, as somebody else would. */
const MEDDLING_FS = `
  export * from 'node:fs';
  import fs from 'node:fs';
  const [root, , meddle] = process.argv.slice(2);
  const swap = (path, by) => {
    fs.renameSync(root + '/' + path, root + '/aside');
    fs.renameSync(root + '/' + by, root + '/' + path);
  };
  export const openSync = (path, flags) => {
    console.log('opens ' + path.slice(root.length + 1));
    if (meddle === 'folder before') swap('sub', 'link');
    const fd = fs.openSync(path, flags);
    if (meddle === 'file after') swap('sub/a', 'other');
    if (meddle === 'folder after') swap('sub', 'link');
    return fd;
  };
`;
const SCRIPT = `
  import { openBelow } from './open-below.js';
  try {
    openBelow(process.argv[2], process.argv[3]);
    console.log('OK');
  } catch (error) {
    console.log(error.code);
  }
`;

describe('openBelow', () => {
  const { path: tools, dispose: removeTools } = temporaryFolder();
  const script = join(tools, 'script.mjs');
  let root: string;
  let dispose: () => void;
  beforeAll(() => bundleScript(import.meta.dirname, SCRIPT, script, MEDDLING_FS));
  afterAll(removeTools);
  beforeEach(() => {
    ({ path: root, dispose } = temporaryFolder());
    for (const folder of ['sub', 'outside']) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, 'a'), 'bytes');
    }
    writeFileSync(join(root, 'other'), 'bytes');
    symlinkSync('outside', join(root, 'link'));
  });
  afterEach(() => dispose());

  const openMeanwhile = async (path: string, meddle: string): Promise<string[]> =>
    (await run(process.execPath, script, root, path, meddle)).stdout.trimEnd().split('\n');

  test('opens a file in a tree that stands still', async () => {
    expect(await openMeanwhile('sub/a', 'nothing')).toEqual(['opens sub/a', 'OK']);
  });

  test.each(['folder before', 'folder after', 'file after'])(
    'finds out that somebody exchanged the %s it was opened',
    async (meddle) => {
      expect(await openMeanwhile('sub/a', meddle)).toEqual(['opens sub/a', 'TAMPERED']);
    },
  );

  test.each(['link/a', 'sub', 'absent', '../a', '/etc/hostname', 'FIFO', ...(isRoot ? ['device'] : [])])(
    'refuses %s without opening anything',
    async (path) => {
      if (path === 'FIFO' || path === 'device') await putOther(join(root, path), path);
      expect(await openMeanwhile(path, 'nothing')).toEqual(['TAMPERED']);
    },
  );

  test('a file behind a symlink is refused before its permissions are asked', async () => {
    chmodSync(join(root, 'outside/a'), 0o000);
    await expect(withoutRoot(async () => openBelow(root, 'link/a'))).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  test('a change is seen even when size and modification time are put back', async () => {
    const path = join(root, 'sub/a');
    const { atime, mtime } = statSync(path);
    utimesSync(path, atime, mtime);
    const file = openBelow(root, 'sub/a');
    await file.close();
    await sleep(25);
    writeFileSync(path, 'BYTES');
    utimesSync(path, atime, mtime);
    expect(await file.isUnchanged()).toBe(false);
  });

  test('a folder on the way that became a symlink to an equal one is a change', async () => {
    const file = openBelow(root, 'sub/a');
    await file.close();
    await run('mv', join(root, 'sub'), join(root, 'moved'));
    symlinkSync('moved', join(root, 'sub'));
    expect(await file.isUnchanged()).toBe(false);
  });
});
