import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReleaseSources, type ReleaseSources, sourceData, sourceOf } from './release-source.js';

let folder: string;
let sources: ReleaseSources;
const ID = 'ab'.repeat(16);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-source-'));
  mkdirSync(join(folder, 'root/pilot'), { recursive: true });
  mkdirSync(join(folder, 'uploads', ID, 'files'), { recursive: true });
  writeFileSync(join(folder, 'root/pilot/a'), 'one');
  writeFileSync(join(folder, 'uploads', ID, 'files/b'), 'two');
  sources = createReleaseSources({
    roots: new Map([['models', join(folder, 'root')]]),
    uploads: join(folder, 'uploads'),
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const inRoot = (path: string) => ({ root: 'models', path });
const filesOf = async (source: Parameters<ReleaseSources['open']>[0]) =>
  (await (await sources.open(source)).scan([])).entries.map(({ path }) => path);

describe('open', () => {
  it('finds a folder, a file, the root itself and an upload', async () => {
    expect(await filesOf(inRoot('pilot'))).toEqual(['a']);
    expect(await filesOf(inRoot('pilot/a'))).toEqual(['a']);
    expect(await filesOf(inRoot(''))).toEqual(['pilot/a']);
    expect(await filesOf({ upload: ID })).toEqual(['b']);
  });

  it.each([
    '..',
    '../root/pilot',
    'pilot/../pilot',
    './pilot',
    'pilot/',
    '/etc',
    'a\0',
    'pilot\\a',
    'none',
    'pilot/a/x',
  ])('refuses %j', async (path) => expect(sources.open(inRoot(path))).rejects.toMatchObject({ code: 'USAGE' }));

  it.each(['link', 'link/uploads', 'inner', 'inner/a'])('refuses what leads through a symlink: %s', async (path) => {
    symlinkSync(folder, join(folder, 'root/link'));
    symlinkSync('pilot', join(folder, 'root/inner'));
    await expect(sources.open(inRoot(path))).rejects.toMatchObject({ code: 'USAGE' });
  });

  it.each(['..', '', `${ID}/..`, ID.toUpperCase(), 'cd'.repeat(16)])('refuses the upload %j', async (upload) =>
    expect(sources.open({ upload })).rejects.toMatchObject({ code: 'USAGE' }),
  );
});

describe('stamp', () => {
  it('is the same while nothing changes', async () =>
    expect(await sources.stamp(inRoot('pilot'))).toBe(await sources.stamp(inRoot('pilot'))));

  it.each<[string, (path: string) => void]>([
    [
      'other bytes of the same size and time',
      (path) => {
        writeFileSync(path, 'eno');
        utimesSync(path, 1, 1);
      },
    ],
    ['another name', (path) => renameSync(path, `${path}b`)],
    ['another file', (path) => writeFileSync(`${path}2`, '')],
  ])('is another for %s', async (_, change) => {
    const path = join(folder, 'root/pilot/a');
    utimesSync(path, 1, 1);
    const before = await sources.stamp(inRoot('pilot'));
    change(path);
    expect(await sources.stamp(inRoot('pilot'))).not.toBe(before);
  });
});

describe('job data', () => {
  it.each([{ root: 'models', path: 'x' }, { upload: ID }])('of %j come back', (source) =>
    expect(sourceOf(sourceData(source))).toEqual(source),
  );

  it.each([{}, { root: 'models' }, { path: 'x' }, { upload: 1 }])('that are poisoned are USAGE: %j', (data) => {
    expect(() => sourceOf(data)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
