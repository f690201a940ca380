import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closeSockets, putOther } from '@weighbridge/durable-files/testing/put-other';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openReleaseFolder } from './local-release-folder.js';

describe('openReleaseFolder', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    mkdirSync(join(folder, 'release'));
    writeFileSync(join(folder, 'release/model.bin'), 'weights');
  });
  afterEach(() => {
    closeSockets();
    dispose();
  });

  const openAt = (path: string): ReturnType<typeof openReleaseFolder> => openReleaseFolder(join(folder, path));
  const entriesAt = async (path: string): Promise<string[]> =>
    (await (await openAt(path)).scan([])).entries.map((entry) => entry.path);

  test('is called what the user called it', async () => {
    symlinkSync('release', join(folder, 'link'));
    expect((await openAt('link')).location).toBe(join(folder, 'link'));
  });

  test.each(['release', 'release/', 'link', 'chain', 'link/'])('%s is the folder', async (path) => {
    symlinkSync('release', join(folder, 'link'));
    symlinkSync('link', join(folder, 'chain'));
    expect(await entriesAt(path)).toEqual(['model.bin']);
  });

  test('a symlink is resolved once: what it leads to later is another folder', async () => {
    symlinkSync('release', join(folder, 'link'));
    const opened = await openAt('link');
    mkdirSync(join(folder, 'other'));
    rmSync(join(folder, 'link'));
    symlinkSync('other', join(folder, 'link'));
    expect((await opened.scan([])).entries).toHaveLength(1);
  });

  describe('of a single file', () => {
    test.each(['release/model.bin', 'named.bin'])('%s is a folder of one, named as the user named it', async (path) => {
      symlinkSync('release/model.bin', join(folder, 'named.bin'));
      const name = path.split('/').at(-1)!;
      const opened = await openAt(path);
      expect(await opened.scan(['.weighbridge'])).toEqual({
        entries: [{ path: name, isUtf8: true, kind: 'file', sizeBytes: 7 }],
        passedOver: [],
      });
      const file = await opened.open(name);
      expect(Buffer.from(await file.readStart(100)).toString()).toBe('weights');
      expect(await file.isUnchanged()).toBe(true);
      await file.close();
    });

    test('nothing else of its folder is there', async () => {
      mkdirSync(join(folder, 'release/.weighbridge'));
      writeFileSync(join(folder, 'release/.weighbridge/bundle.json'), '{}');
      writeFileSync(join(folder, 'release/other'), '');
      const opened = await openAt('release/model.bin');
      for (const path of ['other', '', '.', '../release/model.bin', '.weighbridge/bundle.json']) {
        await expect(opened.open(path)).rejects.toMatchObject({ code: 'TAMPERED' });
      }
      expect(await opened.readMetadata('bundle.json', 100)).toBeUndefined();
    });

    test('one that vanished since is TAMPERED', async () => {
      const opened = await openAt('release/model.bin');
      rmSync(join(folder, 'release/model.bin'));
      await expect(opened.scan([])).rejects.toMatchObject({ code: 'TAMPERED' });
    });

    test('one that may not be read is IO', async () => {
      chmodSync(join(folder, 'release/model.bin'), 0o000);
      await expect(withoutRoot(async () => (await openAt('release/model.bin')).scan([]))).rejects.toMatchObject({
        code: 'IO',
      });
    });
  });

  test.each([
    'absent',
    'absent/below',
    'release/model.bin/below',
    'release/model.bin/',
    'broken',
    'loop',
    'n'.repeat(256),
  ])('%s, where nothing is, is USAGE', async (path) => {
    symlinkSync('absent', join(folder, 'broken'));
    symlinkSync('loop', join(folder, 'loop'));
    await expect(openReleaseFolder(`${folder}/${path}`)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('the empty path is USAGE, not the working folder', async () => {
    await expect(openReleaseFolder('')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each(['FIFO', 'socket'] as const)('a %s is USAGE, at once', { timeout: 2_000 }, async (kind) => {
    await putOther(join(folder, 'other'), kind);
    symlinkSync('other', join(folder, 'link'));
    await expect(openAt('other')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(openAt('link')).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each(['/dev/null', '/dev/zero'])('%s is USAGE', { timeout: 2_000 }, async (path) => {
    await expect(openReleaseFolder(path)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each([0o000, 0o444, 0o111])('a folder of mode %o is IO', async (mode) => {
    chmodSync(join(folder, 'release'), mode);
    await expect(withoutRoot(() => entriesAt('release'))).rejects.toMatchObject({ code: 'IO' });
    chmodSync(join(folder, 'release'), 0o755);
  });

  test('a folder behind one that may not be entered is IO', async () => {
    chmodSync(folder, 0o600);
    await expect(withoutRoot(() => openAt('release'))).rejects.toMatchObject({ code: 'IO' });
    chmodSync(folder, 0o755);
  });
});
