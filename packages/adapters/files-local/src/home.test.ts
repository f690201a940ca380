import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { locateHome, prepareHome, prepareHomeIfWritable } from './home.js';

const usage = expect.objectContaining({ code: 'USAGE' }) as Error;

describe('locateHome', () => {
  const env = { WEIGHBRIDGE_HOME: '/w', XDG_DATA_HOME: '/x', HOME: '/h' };

  test.each<[string, Parameters<typeof locateHome>[0], string]>([
    ['the flag', { home: '/flag', env }, '/flag'],
    ['a relative flag, from the working folder', { home: 'flag', env }, resolve('flag')],
    ['the variable', { env }, '/w'],
    ['a relative variable', { env: { WEIGHBRIDGE_HOME: 'w' } }, resolve('w')],
    ['an empty variable, as if unset', { env: { ...env, WEIGHBRIDGE_HOME: '' } }, '/x/weighbridge'],
    ['the XDG data folder', { env: { XDG_DATA_HOME: '/x', HOME: '/h' } }, '/x/weighbridge'],
    [
      'an empty XDG data folder, as if unset',
      { env: { XDG_DATA_HOME: '', HOME: '/h' } },
      '/h/.local/share/weighbridge',
    ],
    [
      'a relative XDG data folder, which is invalid',
      { env: { XDG_DATA_HOME: 'x', HOME: '/h' } },
      '/h/.local/share/weighbridge',
    ],
    ["the user's folder", { env: {} }, join(homedir(), '.local/share/weighbridge')],
  ])('%s', (_, from, root) => {
    expect(locateHome(from).root).toBe(root);
  });

  test('lays out the folder', () => {
    expect(locateHome({ home: '/home', env: {} })).toEqual({
      root: '/home',
      manifests: '/home/manifests',
      leaves: '/home/leaves',
      keys: '/home/keys',
      chain: '/home/chain',
      journal: '/home/journal',
      fetching: '/home/journal/fetch',
      ipfs: '/home/ipfs',
      git: '/home/git',
      deltas: '/home/deltas',
      index: '/home/index.sqlite',
      trust: '/home/trust.json',
      deviceState: '/home/device-state.json',
      lock: '/home/lock',
    });
  });

  test('an empty flag is USAGE', () => {
    expect(() => locateHome({ home: '', env })).toThrow(usage);
  });
});

describe('a home on disk', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  const locate = (name: string): ReturnType<typeof locateHome> => locateHome({ home: join(folder, name), env: {} });

  test('is not made by looking for it', () => {
    locate('a/b');
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  test('is made for its owner alone, and again is no fault', async () => {
    const home = locate('a/b');
    await prepareHome(home);
    await prepareHome(home);
    expect(statSync(home.root).mode & 0o777).toBe(0o700);
  });

  test('keeps the mode that it has', async () => {
    mkdirSync(join(folder, 'home'), { mode: 0o755 });
    chmodSync(join(folder, 'home'), 0o755);
    await prepareHome(locate('home'));
    expect(statSync(join(folder, 'home')).mode & 0o777).toBe(0o755);
  });

  test.each(['file', 'file/below', 'link/below', 'broken', 'loop'])(
    '%s, where no folder can be, is USAGE',
    async (name) => {
      writeFileSync(join(folder, 'file'), '');
      symlinkSync('file', join(folder, 'link'));
      symlinkSync('absent', join(folder, 'broken'));
      symlinkSync('loop', join(folder, 'loop'));
      expect(() => locate(name)).toThrow(usage);
    },
  );

  test('a file that took its place since is USAGE', async () => {
    const home = locate('home');
    writeFileSync(home.root, '');
    await expect(prepareHome(home)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('where nothing may be written it is IO, or false for who asks so', async () => {
    chmodSync(folder, 0o555);
    const home = locate('home');
    await expect(withoutRoot(() => prepareHome(home))).rejects.toMatchObject({ code: 'IO' });
    expect(await withoutRoot(() => prepareHomeIfWritable(home))).toBe(false);
    expect(await prepareHomeIfWritable(home)).toBe(true);
  });
});
