import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLocalSlots } from './testing/open-local-slots.js';

const BYTES = Buffer.from('{}');
let folder: ReturnType<typeof temporaryFolder>;
const at = (...parts: string[]) => join(folder.path, ...parts);

beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.dispose());

describe('openSlots', () => {
  it('USAGE: nothing there, a file, an empty name', async () => {
    writeFileSync(at('file'), '');
    for (const dir of [at('none'), at('file'), ''])
      await expect(openLocalSlots(dir)).rejects.toMatchObject({ code: 'USAGE' });
    expect(existsSync(at('none'))).toBe(false);
  });

  it('makes it when asked, and resolves a symlink once', async () => {
    expect((await openLocalSlots(at('deep/slots'), true)).pathOf('a')).toBe(at('deep/slots/a'));
    symlinkSync('deep/slots', at('link'));
    const slots = await openLocalSlots(at('link'));
    expect([slots.location, slots.pathOf('b')]).toEqual([at('link'), at('deep/slots/b')]);
  });

  it.each([
    ['the folder', '.'],
    ['a slot', 'a'],
    ['a file in it', 'a/sub/f'],
    ['the state', 'state.json'],
    ['the journal', 'journal'],
  ])('USAGE: %s may be written by others, or belongs to another', async (_, path) => {
    mkdirSync(at('a/sub'), { recursive: true });
    for (const file of ['a/sub/f', 'state.json', 'journal']) writeFileSync(at(file), '{}');
    await openLocalSlots(folder.path);
    for (const mode of [0o775, 0o757]) {
      chmodSync(at(path), mode);
      await expect(openLocalSlots(folder.path)).rejects.toMatchObject({ code: 'USAGE' });
    }
    chmodSync(at(path), 0o755);
    await openLocalSlots(folder.path);
    if (process.geteuid?.() !== 0) return;
    chownSync(at(path), 12_345, 12_345);
    await expect(openLocalSlots(folder.path)).rejects.toMatchObject({ code: 'USAGE' });
    chownSync(at(path), 0, 0);
  });

  it('never looks at other entries', async () => {
    mkdirSync(at('other'), { mode: 0o777 });
    chmodSync(at('other'), 0o777);
    await openLocalSlots(folder.path);
    expect(readdirSync(folder.path)).toEqual(['other']);
  });
});

describe('what lies in the way', () => {
  it('TAMPERED: a slot that is a symlink or a file, for reading and for a bundle', async () => {
    mkdirSync(at('real/.weighbridge'), { recursive: true });
    symlinkSync('real', at('a'));
    writeFileSync(at('b'), '');
    const slots = await openLocalSlots(folder.path);
    for (const slot of ['a', 'b'] as const) {
      await expect(slots.openSlot(slot)).rejects.toMatchObject({ code: 'TAMPERED' });
      await expect(slots.putBundle(slot, BYTES)).rejects.toMatchObject({ code: 'TAMPERED' });
      expect(await slots.hasEntries(slot)).toBe(true);
    }
    expect(readdirSync(at('real/.weighbridge'))).toEqual([]);
  });

  it('a symlink that is a slot makes way for a folder; what it led to stays', async () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/f'), 'x');
    symlinkSync('real', at('a'));
    const slots = await openLocalSlots(folder.path);
    await (await slots.openPlace('a', true)).putMetadata('bundle.json', BYTES);
    expect([readdirSync(at('a')), readdirSync(at('real'))]).toEqual([['.weighbridge'], ['f']]);
  });

  it('TAMPERED: .weighbridge that is a symlink gets no bundle', async () => {
    mkdirSync(at('a'));
    mkdirSync(at('real'));
    symlinkSync('../real', at('a/.weighbridge'));
    const slots = await openLocalSlots(folder.path);
    await expect(slots.putBundle('a', BYTES)).rejects.toMatchObject({ code: 'TAMPERED' });
    expect(readdirSync(at('real'))).toEqual([]);
  });

  it('a journal that is a folder or a symlink is none, and makes way', async () => {
    mkdirSync(at('journal/sub'), { recursive: true });
    const slots = await openLocalSlots(folder.path);
    expect(await slots.readJournal(100)).toBeUndefined();
    await slots.writeJournal(BYTES);
    expect(await slots.readJournal(100)).toEqual(new Uint8Array(BYTES));
  });

  it('USAGE: a state that is a symlink', async () => {
    writeFileSync(at('real'), '{}');
    symlinkSync('real', at('state.json'));
    const slots = await openLocalSlots(folder.path);
    await expect(slots.readState(100)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('what is left behind', () => {
  it('nothing; and what killed writers left goes with the next write, of ours alone', async () => {
    const ours = ['state.json', 'journal', 'bundle.json'].map((name) => `.${name}.0123456789abcdef.tmp`);
    for (const name of [...ours, '.other.0123456789abcdef.tmp', 'mine']) writeFileSync(at(name), 'x');
    const slots = await openLocalSlots(folder.path);
    await slots.replaceState(undefined, BYTES);
    await slots.asUpdater(async () => {});
    expect(readdirSync(folder.path).sort()).toEqual(['.other.0123456789abcdef.tmp', 'mine', 'state.json']);
  });
});

describe('requireRoom', () => {
  it('counts what the slot holds as free, but for files that have another name', async () => {
    const slots = await openLocalSlots(folder.path);
    mkdirSync(at('a'));
    const shown = async () => {
      const error = await slots.requireRoom('a', 2 ** 52).catch((cause: unknown) => cause);
      return Number((error as { details: { found: string } }).details.found);
    };
    const empty = await shown();
    writeFileSync(at('a/f'), Buffer.alloc(64 * 1024 * 1024));
    // other processes write to this disk, too
    expect(Math.abs((await shown()) - empty)).toBeLessThan(32 * 1024 * 1024);
    linkSync(at('a/f'), at('g'));
    expect(empty - (await shown())).toBeGreaterThan(32 * 1024 * 1024);
  });
});
