import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RelativePath } from '@weighbridge/core/brands';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApplyPlace } from './local-apply-place.js';

const FILES = ['a', 'deep/er/b', 'deep.txt'] as RelativePath[];

let folder: string;
let target: string;
let partial: string;
const places: FetchPlace[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apply-place-'));
  target = join(folder, 'target');
  partial = join(folder, '.target.weighbridge-partial');
});

afterEach(async () => {
  for (const place of places.splice(0)) await place.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openPlace(files: readonly RelativePath[] = FILES): Promise<FetchPlace> {
  const place = await openApplyPlace(target, files, { timeoutMs: 0 });
  places.push(place);
  return place;
}

function leave(path: string, text = path): string {
  mkdirSync(dirname(join(partial, path)), { recursive: true });
  writeFileSync(join(partial, path), text);
  return join(partial, path);
}

const left = () => readdirSync(partial, { recursive: true, encoding: 'utf8' }).sort();

describe('what a run left behind', () => {
  it('is kept as far as it is wanted, and nothing else', async () => {
    for (const path of [
      'a',
      'a.b',
      'b',
      'deep/er/b',
      'deep/er/c',
      'deep/other/d',
      'dee/p',
      '.weighbridge/manifest.json',
    ])
      leave(path);
    mkdirSync(join(partial, 'deep.txt'));
    mkdirSync(join(partial, 'empty'));
    writeFileSync(Buffer.concat([Buffer.from(`${partial}/`), Buffer.of(0xff, 0x61)]), 'no text');
    await openPlace();
    expect(left()).toEqual(['a', 'deep', 'deep/er', 'deep/er/b']);
    expect(readFileSync(join(partial, 'a'), 'utf8')).toBe('a');
  });

  it('is found by the order of its names, whatever they are', async () => {
    const names = ['A', 'a b', 'é', '\u{10000}', '\uff5e', 'zz/1', 'zz/2', 'zz.'].map((name) => name as RelativePath);
    for (const name of names) leave(name);
    await openPlace(names);
    expect(left()).toEqual([...names, 'zz'].sort());
  });

  it('that is a symlink is removed, and not what it leads to', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(join(elsewhere, 'er'), { recursive: true });
    writeFileSync(join(elsewhere, 'er', 'precious'), 'mine');
    mkdirSync(partial);
    symlinkSync(elsewhere, join(partial, 'deep'));
    symlinkSync(join(elsewhere, 'er', 'precious'), join(partial, 'a'));
    const place = await openPlace();
    await (await place.open('a' as RelativePath, 0)).close();
    expect(readFileSync(join(elsewhere, 'er', 'precious'), 'utf8')).toBe('mine');
    expect(left()).toEqual(['a']);
  });

  it("that is another name of somebody's file is written as a file of its own", async () => {
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'mine');
    mkdirSync(partial);
    linkSync(precious, join(partial, 'a'));
    const place = await openPlace();
    const file = await place.open('a' as RelativePath, 5);
    await file.write(0, Buffer.from('other'));
    await file.close();
    expect(readFileSync(precious, 'utf8')).toBe('mine');
    expect(readFileSync(join(partial, 'a'), 'utf8')).toBe('other');
  });
});

describe('in the place of the pieces', () => {
  it('a symlink to a folder is refused, and what it leads to stays', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'precious'), 'mine');
    symlinkSync(elsewhere, partial);
    await expect(openPlace()).rejects.toMatchObject({ code: 'TAMPERED' });
    expect(readdirSync(elsewhere)).toEqual(['precious']);
    // the lock is free again
    rmSync(partial);
    await openPlace();
  });

  it('a file is refused', async () => {
    writeFileSync(partial, 'text');
    await expect(openPlace()).rejects.toMatchObject({ code: expect.stringMatching(/^(TAMPERED|IO)$/) });
    expect(readFileSync(partial, 'utf8')).toBe('text');
  });

  it.runIf(process.geteuid!() === 0)(
    'a folder of another user is refused, and a file of one is not built upon',
    async () => {
      leave('a');
      chownSync(join(partial, 'a'), 12345, 12345);
      await openPlace();
      expect(left()).toEqual([]);
      await places.pop()!.close();
      chownSync(partial, 12345, 12345);
      chmodSync(partial, 0o777);
      await expect(openPlace()).rejects.toMatchObject({ code: 'TAMPERED' });
    },
  );
});

describe('the target', () => {
  it('appears when it is whole', async () => {
    const place = await openPlace();
    const file = await place.open('deep/er/b' as RelativePath, 3);
    await file.write(0, Buffer.from('new'));
    await file.close();
    expect(existsSync(target)).toBe(false);
    await place.finish();
    expect(readFileSync(join(target, 'deep/er/b'), 'utf8')).toBe('new');
    expect(existsSync(partial)).toBe(false);
  });

  it('is nothing that exists, by then either', async () => {
    const place = await openPlace();
    mkdirSync(target);
    await expect(place.finish()).rejects.toMatchObject({ code: 'USAGE' });
    await places.pop()!.close();
    await expect(openPlace()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('is written by one at a time', async () => {
    const place = await openPlace();
    await expect(openPlace()).rejects.toMatchObject({ code: 'BUSY' });
    await place.close();
    await openPlace();
  });
});
