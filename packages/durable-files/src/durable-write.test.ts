import {
  chmodSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireReplaceable, writeDurably } from './durable-write.js';
import { putOther } from './testing/put-other.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { withoutRoot } from './testing/without-root.js';

const NEW = Buffer.from('new');

describe('writeDurably', () => {
  let folder: string;
  let file: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    file = join(folder, 'file');
  });
  afterEach(() => dispose());

  test('makes a file, and nothing else', async () => {
    await writeDurably(file, NEW);
    expect(readFileSync(file)).toEqual(NEW);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('replaces a file by another inode, so that who reads the old one reads on', async () => {
    writeFileSync(file, 'old and longer');
    const { ino } = statSync(file);
    await writeDurably(file, NEW);
    expect(readFileSync(file)).toEqual(NEW);
    expect(statSync(file).ino).not.toBe(ino);
  });

  test('writes more than one piece', async () => {
    const bytes = new Uint8Array(3 * 1024 * 1024 + 1).map((_, index) => index * 7);
    await writeDurably(file, bytes);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test.each([0o600, 0o644, 0o666])('gives the mode %o whatever the umask', async (mode) => {
    await writeDurably(file, NEW, { mode });
    expect(statSync(file).mode & 0o7777).toBe(mode);
  });

  test('without a mode obeys the umask', async () => {
    await writeDurably(file, NEW);
    expect(statSync(file).mode & 0o7777).toBe(0o666 & ~process.umask());
  });

  test('replaces a symlink and leaves what it leads to alone', async () => {
    writeFileSync(join(folder, 'target'), 'old');
    symlinkSync('target', file);
    await writeDurably(file, NEW);
    expect(lstatSync(file).isFile()).toBe(true);
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('old');
  });

  test('replaces a symlink that leads nowhere, without making its target', async () => {
    symlinkSync('absent', file);
    await writeDurably(file, NEW);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test.each(['folder', 'FIFO', 'socket'] as const)(
    'refuses a %s at the name, and a symlink to one',
    { timeout: 2_000 },
    async (kind) => {
      if (kind === 'folder') mkdirSync(file);
      else await putOther(file, kind);
      symlinkSync('file', join(folder, 'link'));
      for (const path of [file, join(folder, 'link')]) {
        await expect(writeDurably(path, NEW)).rejects.toMatchObject({ code: 'USAGE', details: { file: path } });
      }
      expect(readdirSync(folder).sort()).toEqual(['file', 'link']);
      expect(readlinkSync(join(folder, 'link'))).toBe('file');
    },
  );

  test.each(['/dev/null', '/dev/stdout', '/dev/stderr'])('refuses %s', async (path) => {
    await expect(writeDurably(path, NEW)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('refuses a symlink to what a process has open, though it is a regular file', async () => {
    const target = join(folder, 'target');
    writeFileSync(target, 'old');
    const fd = openSync(target, 'r+');
    symlinkSync(`/proc/self/fd/${fd}`, file);
    await expect(writeDurably(file, NEW)).rejects.toMatchObject({ code: 'USAGE' });
    closeSync(fd);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(target, 'utf8')).toBe('old');
  });

  test('refuses a missing folder, and names it', async () => {
    await expect(writeDurably(join(folder, 'absent/file'), NEW)).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(join(folder, 'absent')) as string,
    });
  });

  test.each(['file/below', 'file/', 'absent/', 'absent/..', '.', '..', 'n'.repeat(256)])(
    'refuses %s, no name of a file',
    async (path) => {
      writeFileSync(file, 'old');
      await expect(writeDurably(`${folder}/${path}`, NEW)).rejects.toMatchObject({ code: 'USAGE' });
      expect(readdirSync(folder)).toEqual(['file']);
    },
  );

  test('refuses the empty path', async () => {
    await expect(writeDurably('', NEW)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each(['n'.repeat(255), '\u{1f600}'.repeat(63)])('takes the longest names there are', async (name) => {
    await writeDurably(join(folder, name), NEW);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test('a folder that may not be written is IO', async () => {
    chmodSync(folder, 0o555);
    await expect(withoutRoot(() => writeDurably(file, NEW))).rejects.toMatchObject({
      code: 'IO',
      cause: { code: 'EACCES' },
    });
  });

  test('a folder that may be written but not read is IO before anything changes', async () => {
    writeFileSync(file, 'old');
    chmodSync(folder, 0o333);
    await expect(withoutRoot(() => writeDurably(file, NEW))).rejects.toMatchObject({ code: 'IO' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('an abort before, or in the middle, leaves the old file and nothing else', async () => {
    writeFileSync(file, 'old');
    const early = AbortSignal.abort(new Error('stop'));
    await expect(writeDurably(file, NEW, { signal: early })).rejects.toThrow('stop');
    const controller = new AbortController();
    const writing = writeDurably(file, new Uint8Array(64 * 1024 * 1024), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stop')), 5);
    await expect(writing).rejects.toThrow('stop');
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('many at once leave one of them, whole', async () => {
    const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(10_000));
    await Promise.all(texts.map((text) => writeDurably(file, Buffer.from(text))));
    expect(texts).toContain(readFileSync(file, 'utf8'));
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('requireReplaceable says beforehand what writing would say', () => {
    expect(requireReplaceable(file)).toBeUndefined();
    expect(() => requireReplaceable(folder)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
