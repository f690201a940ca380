import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest, RelativePath } from '@weighbridge/core/brands';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Home, locateHome } from './home.js';
import { openFetchPlace, openRepairPlace } from './local-fetch-place.js';

const DIGEST = 'ab'.repeat(64) as Digest;
const OPTIONS = { timeoutMs: 0 };
const path = (text: string): RelativePath => text as RelativePath;
const bytesOf = (text: string): Uint8Array => Buffer.from(text);

let folder: string;
let home: Home;
let target: string;
const places: FetchPlace[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetch-place-'));
  home = locateHome({ home: join(folder, 'home'), env: {} });
  mkdirSync(home.root);
  target = join(folder, 'target');
});

afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openPlace(): Promise<FetchPlace> {
  const place = await openFetchPlace(home, DIGEST, target, OPTIONS);
  places.push(place);
  return place;
}

async function put(place: FetchPlace, name: string, text: string): Promise<void> {
  const file = await place.open(path(name), text.length);
  if (text.length > 0) await file.write(0, bytesOf(text));
  await file.sync();
  await file.close();
}

describe('fetching', () => {
  it('files of one new folder may be opened at the same time', async () => {
    const place = await openPlace();
    const names = ['a', 'b', 'c', 'd'].map((name) => `one/two/${name}`);
    await Promise.all(names.map((name) => put(place, name, name)));
    await place.finish();
    expect(readdirSync(join(target, 'one/two'))).toEqual(['a', 'b', 'c', 'd']);
  });

  it('the release appears whole, with link count 1 and nothing beside it', async () => {
    const place = await openPlace();
    await put(place, 'weights/model.bin', 'weights');
    await put(place, 'empty', '');
    await place.putMetadata('leaves/ab', bytesOf('leaves'));
    expect(existsSync(target)).toBe(false);
    await place.finish();
    expect(readFileSync(join(target, 'weights/model.bin'), 'utf8')).toBe('weights');
    expect(statSync(join(target, 'empty')).size).toBe(0);
    expect(readFileSync(join(target, '.weighbridge/leaves/ab'), 'utf8')).toBe('leaves');
    expect(statSync(join(target, 'weights/model.bin')).nlink).toBe(1);
    expect(readdirSync(folder).sort()).toEqual(['home', 'target']);
  });

  it('writes chunks where they belong', async () => {
    const place = await openPlace();
    const file = await place.open(path('model.bin'), CHUNK_BYTES + 3);
    await file.write(1, bytesOf('abc'));
    await file.close();
    await place.finish();
    const found = readFileSync(join(target, 'model.bin'));
    expect(found.length).toBe(CHUNK_BYTES + 3);
    expect(found.subarray(CHUNK_BYTES).toString()).toBe('abc');
  });

  it('finds again what a broken-off run wrote, for whatever target', async () => {
    const first = await openPlace();
    await put(first, 'model.bin', 'weights');
    await first.close();
    const second = await openPlace();
    const file = await second.open(path('model.bin'), 7);
    expect(file.isNew).toBe(false);
    await file.close();
    const other = await second.open(path('other.bin'), 7);
    expect(other.isNew).toBe(true);
    await other.close();
  });

  it('after discard nothing is left of it', async () => {
    const place = await openPlace();
    await put(place, 'model.bin', 'weights');
    await place.discard();
    await place.close();
    expect(readdirSync(home.fetching)).toEqual([]);
    expect(existsSync(target)).toBe(false);
  });

  it.each(['a folder', 'a file', 'a dangling symlink'])('a target that exists, %s: USAGE', async (kind) => {
    if (kind === 'a folder') mkdirSync(target);
    else if (kind === 'a file') writeFileSync(target, '');
    else symlinkSync('nowhere', target);
    await expect(openPlace()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('a target that comes meanwhile is not replaced: USAGE', async () => {
    const place = await openPlace();
    await put(place, 'model.bin', 'weights');
    mkdirSync(target);
    await expect(place.finish()).rejects.toMatchObject({ code: 'USAGE' });
    expect(readdirSync(target)).toEqual([]);
  });

  it('a target in a folder that is missing: USAGE', async () => {
    target = join(folder, 'missing', 'target');
    await expect(openPlace()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('one process at a time: BUSY', async () => {
    await openPlace();
    await expect(openPlace()).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('no room is IO before anything is written', async () => {
    const place = await openPlace();
    await expect(place.requireRoom(2 ** 52)).rejects.toMatchObject({ code: 'IO', hint: expect.stringMatching(/free/) });
    await place.requireRoom(1);
  });

  it('where the home folder is another file system the pieces lie beside the target', async () => {
    // Linux keeps a file system in memory there.
    const elsewhere = mkdtempSync('/dev/shm/fetch-place-');
    home = locateHome({ home: elsewhere, env: {} });
    expect(statSync(elsewhere).dev).not.toBe(statSync(folder).dev);
    try {
      const place = await openPlace();
      await put(place, 'model.bin', 'weights');
      expect(readdirSync(folder).sort()).toEqual(['.target.weighbridge-partial', 'home']);
      await place.finish();
      await place.close();
      expect(readdirSync(folder).sort()).toEqual(['home', 'target']);
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });
});

describe('mending', () => {
  let place: FetchPlace;

  beforeEach(async () => {
    mkdirSync(target);
    place = await openRepairPlace(home, target, OPTIONS);
    places.push(place);
  });

  it('keeps what is there, with the right size', async () => {
    writeFileSync(join(target, 'model.bin'), 'weights and more');
    const file = await place.open(path('model.bin'), 7);
    expect(file.isNew).toBe(false);
    await file.close();
    expect(readFileSync(join(target, 'model.bin'), 'utf8')).toBe('weights');
  });

  it("never writes into somebody else's file: a second name is broken off", async () => {
    const other = join(folder, 'other.bin');
    writeFileSync(other, 'theirs!');
    linkSync(other, join(target, 'model.bin'));
    await put(place, 'model.bin', 'weights');
    expect(readFileSync(other, 'utf8')).toBe('theirs!');
    expect(statSync(join(target, 'model.bin')).nlink).toBe(1);
    expect(readdirSync(target)).toEqual(['model.bin']);
  });

  it('replaces a symlink and leaves alone what it leads to', async () => {
    const other = join(folder, 'other.bin');
    writeFileSync(other, 'theirs!');
    symlinkSync(other, join(target, 'model.bin'));
    await put(place, 'model.bin', 'weights');
    expect(readFileSync(other, 'utf8')).toBe('theirs!');
    expect(lstatSync(join(target, 'model.bin')).isFile()).toBe(true);
  });

  it('replaces a FIFO without blocking on it', async () => {
    execFileSync('mkfifo', [join(target, 'model.bin')]);
    await put(place, 'model.bin', 'weights');
    expect(readFileSync(join(target, 'model.bin'), 'utf8')).toBe('weights');
  });

  it.each(['weights', '.weighbridge'])(
    'a symlink in place of the folder %s is not followed: TAMPERED',
    async (name) => {
      const outside = join(folder, 'outside');
      mkdirSync(outside);
      symlinkSync(outside, join(target, name));
      const writing =
        name === 'weights' ? put(place, 'weights/model.bin', 'x') : place.putMetadata('manifest.json', bytesOf('x'));
      await expect(writing).rejects.toMatchObject({ code: 'TAMPERED' });
      expect(readdirSync(outside)).toEqual([]);
    },
  );

  it('discard removes nothing', async () => {
    writeFileSync(join(target, 'model.bin'), 'weights');
    await place.discard();
    expect(readdirSync(target)).toEqual(['model.bin']);
  });
});
