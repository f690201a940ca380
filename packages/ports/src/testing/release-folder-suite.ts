import { readSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EntryKind, ReadableFile, ReleaseFolder } from '../release-folder.js';

export type OtherKind = Exclude<EntryKind, 'file' | 'folder'>;

/** A folder on which the door opens, and what can happen to it. Paths are relative; parents are made as needed. */
export interface ReleaseFolderPlace {
  readonly folder: ReleaseFolder;
  put(path: string, bytes: string): Promise<void>;
  putOther(path: string, kind: OtherKind): Promise<void>;
  /** A file whose name is the bytes 61 FF 62, shown as `a\uFFFDb`. */
  putNotUtf8(): Promise<void>;
  /** Writes over a file in place, or cuts it. */
  overwrite(path: string, bytes: string): Promise<void>;
  remove(path: string): Promise<void>;
  makeUnreadable(path: string): Promise<void>;
  /** Which kinds can be made here; a device takes root. */
  readonly otherKinds: readonly OtherKind[];
  /** Runs a task without rights that go beyond permissions. */
  withoutRoot<T>(task: () => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

/** Each is refused without blocking: FIFOs, sockets and devices are never opened. */
const AT_ONCE = { timeout: 2_000 };

/** What every ReleaseFolder must do. */
export function releaseFolderSuite(name: string, setup: () => Promise<ReleaseFolderPlace>): void {
  describe(`ReleaseFolder: ${name}`, () => {
    let place: ReleaseFolderPlace;
    let folder: ReleaseFolder;
    beforeEach(async () => {
      place = await setup();
      folder = place.folder;
    });
    afterEach(() => place.dispose());

    describe('scan', () => {
      const pathsOf = async (passOver: string[] = []): Promise<string[]> =>
        (await folder.scan(passOver)).entries.map(({ path }) => path);

      test('an empty folder has no entries', async () => {
        expect(await folder.scan(['.weighbridge'])).toEqual({ entries: [], passedOver: [] });
      });

      test('lists files of any depth with their sizes, hidden ones too', async () => {
        await place.put('a', '');
        await place.put('sub/deep/.hidden', 'four');
        expect((await folder.scan([])).entries).toEqual([
          { path: 'a', isUtf8: true, kind: 'file', sizeBytes: 0 },
          { path: 'sub/deep/.hidden', isUtf8: true, kind: 'file', sizeBytes: 4 },
        ]);
      });

      test('sorts by UTF-8 bytes of the whole path', async () => {
        // By UTF-16 units the astral character would come before U+FF5E; by parts `a/b` before `a!`.
        const sorted = ['a!', 'a/b', 'a0', '\u{ff5e}', '\u{1f600}'];
        for (const path of sorted.toReversed()) await place.put(path, '');
        expect(await pathsOf()).toEqual(sorted);
      });

      test('names with line breaks and escapes come as they are', async () => {
        await place.put('a\nb\u001b[31m', '');
        expect(await pathsOf()).toEqual(['a\nb\u001b[31m']);
      });

      test('finds a name that is not UTF-8 and says so', async () => {
        await place.putNotUtf8();
        expect((await folder.scan([])).entries).toEqual([
          { path: 'a\u{fffd}b', isUtf8: false, kind: 'file', sizeBytes: 0 },
        ]);
      });

      test('passes over a folder at the top, in its exact spelling alone', async () => {
        for (const path of ['.weighbridge/bundle.json', '.Weighbridge/x', 'sub/.weighbridge/x', 'w'])
          await place.put(path, '');
        const { entries, passedOver } = await folder.scan(['.weighbridge', '.git']);
        expect(entries.map(({ path }) => path)).toEqual(['.Weighbridge', '.Weighbridge/x', 'sub/.weighbridge/x', 'w']);
        expect(passedOver).toEqual(['.weighbridge']);
      });

      test('passes over nothing unless told', async () => {
        await place.put('.weighbridge/bundle.json', '');
        expect(await pathsOf()).toEqual(['.weighbridge/bundle.json']);
      });

      test.each(['file', 'symlink'] as const)('a %s of the passed-over name is an entry', async (kind) => {
        if (kind === 'file') await place.put('.weighbridge', '');
        else await place.putOther('.weighbridge', kind);
        const { entries, passedOver } = await folder.scan(['.weighbridge']);
        expect(entries).toEqual([{ path: '.weighbridge', isUtf8: true, kind, sizeBytes: 0 }]);
        expect(passedOver).toEqual([]);
      });

      test('names the kind of whatever is no regular file, and enters none', AT_ONCE, async () => {
        for (const kind of place.otherKinds) await place.putOther(`sub/${kind}`, kind);
        const found = (await folder.scan([])).entries;
        expect(found.map(({ path, kind, sizeBytes }) => [path, kind, sizeBytes])).toEqual(
          place.otherKinds.toSorted().map((kind) => [`sub/${kind}`, kind, 0]),
        );
      });

      test('a folder that may not be listed is IO', async () => {
        await place.put('sub/a', '');
        await place.makeUnreadable('sub');
        await expect(place.withoutRoot(() => folder.scan([]))).rejects.toMatchObject({ code: 'IO' });
      });

      test('sees what came and went since the last time', async () => {
        await place.put('a', '');
        expect(await pathsOf()).toEqual(['a']);
        await place.remove('a');
        await place.put('b', '');
        expect(await pathsOf()).toEqual(['b']);
      });
    });

    describe('open', () => {
      test('hands out the bytes by descriptor, from any position', async () => {
        await place.put('sub/a', 'weights');
        const file = await folder.open('sub/a');
        expect(file.sizeBytes).toBe(7);
        expect(bytesFrom(file, 2)).toBe('ights');
        expect(bytesFrom(file, 0)).toBe('weights');
        await file.close();
      });

      test('reads the start of a file, as much as there is', async () => {
        await place.put('a', 'weights');
        const file = await folder.open('a');
        expect(Buffer.from(await file.readStart(3)).toString()).toBe('wei');
        expect(Buffer.from(await file.readStart(1000)).toString()).toBe('weights');
        await file.close();
      });

      test('reads from anywhere into a buffer', async () => {
        await place.put('a', 'weights');
        const file = await folder.open('a');
        const into = new Uint8Array(3);
        file.readInto(2, into);
        expect(Buffer.from(into).toString()).toBe('igh');
        file.readInto(4, into);
        expect(Buffer.from(into).toString()).toBe('hts');
        expect(() => file.readInto(5, into)).toThrowError(expect.objectContaining({ code: 'BUSY' }));
        await file.close();
      });

      test('closing twice closes nothing else', async () => {
        await place.put('a', 'one');
        const file = await folder.open('a');
        await file.close();
        const other = await folder.open('a');
        await file.close();
        expect(bytesFrom(other, 0)).toBe('one');
        await other.close();
      });

      test.each(['absent', 'sub', 'sub/absent', 'sub/a/b'])('%s, which is no file, is TAMPERED', async (path) => {
        await place.put('sub/a', '');
        await expect(folder.open(path)).rejects.toMatchObject({ code: 'TAMPERED' });
      });

      test.each([
        '',
        '.',
        '..',
        '../outside',
        '/etc/hostname',
        'sub//a',
        './sub/a',
        'sub/../sub/a',
        'sub/a/',
        'sub/a\0',
      ])('%j, which is no path below the top, is TAMPERED', async (path) => {
        await place.put('sub/a', '');
        await expect(folder.open(path)).rejects.toMatchObject({ code: 'TAMPERED' });
      });

      test('whatever is no regular file is TAMPERED, at once', AT_ONCE, async () => {
        for (const kind of place.otherKinds) {
          await place.putOther(kind, kind);
          await expect(folder.open(kind)).rejects.toMatchObject({ code: 'TAMPERED', details: { file: kind } });
        }
      });

      test('a file behind a symlinked folder is TAMPERED', async () => {
        await place.put('real/a', 'bytes');
        await place.putOther('link', 'symlink');
        await expect(folder.open('link/a')).rejects.toMatchObject({ code: 'TAMPERED' });
      });

      test('a file that may not be read is IO', async () => {
        await place.put('a', '');
        await place.makeUnreadable('a');
        await expect(place.withoutRoot(() => folder.open('a'))).rejects.toMatchObject({ code: 'IO' });
      });

      test('a file that stands still is unchanged, after closing too', async () => {
        await place.put('sub/a', 'bytes');
        const file = await folder.open('sub/a');
        expect(await file.isUnchanged()).toBe(true);
        await file.close();
        expect(await file.isUnchanged()).toBe(true);
      });

      test.each<[string, () => Promise<void>]>([
        ['removed', () => place.remove('sub/a')],
        ['exchanged for its equal', () => place.remove('sub/a').then(() => place.put('sub/a', 'bytes'))],
        ['overwritten in place', () => place.overwrite('sub/a', 'BYTES')],
        ['truncated', () => place.overwrite('sub/a', 'byt')],
        ['extended', () => place.overwrite('sub/a', 'bytes and more')],
        ['exchanged for a symlink', () => place.remove('sub/a').then(() => place.putOther('sub/a', 'symlink'))],
      ])('a file that was %s has changed, after closing too', async (_, change) => {
        await place.put('sub/a', 'bytes');
        const file = await folder.open('sub/a');
        await change();
        expect(await file.isUnchanged()).toBe(false);
        await file.close();
        expect(await file.isUnchanged()).toBe(false);
      });

      test('a file that vanished can still be read to its end', async () => {
        await place.put('a', 'weights');
        const file = await folder.open('a');
        await place.remove('a');
        expect(bytesFrom(file, 0)).toBe('weights');
        await file.close();
      });
    });

    describe('readMetadata', () => {
      test('reads a file below .weighbridge/', async () => {
        await place.put('.weighbridge/leaves/abc', 'leaves');
        const bytes = await folder.readMetadata('leaves/abc', 6);
        expect(Buffer.from(bytes!).toString()).toBe('leaves');
      });

      test('is undefined for what is absent, larger than allowed, or lies elsewhere', async () => {
        await place.put('.weighbridge/bundle.json', '1234567');
        await place.put('elsewhere', 'x');
        expect(await folder.readMetadata('bundle.json', 6)).toBeUndefined();
        expect(await folder.readMetadata('absent', 6)).toBeUndefined();
        expect(await folder.readMetadata('leaves/absent', 6)).toBeUndefined();
        expect(await folder.readMetadata('../elsewhere', 6)).toBeUndefined();
      });

      test('is undefined for whatever is no regular file, at once', AT_ONCE, async () => {
        for (const kind of place.otherKinds) {
          await place.putOther(`.weighbridge/${kind}`, kind);
          expect(await folder.readMetadata(kind, 100)).toBeUndefined();
        }
      });

      test('is undefined behind a symlink', async () => {
        await place.put('real/bundle.json', '{}');
        await place.putOther('.weighbridge', 'symlink');
        expect(await folder.readMetadata('bundle.json', 100)).toBeUndefined();
      });

      test('is IO for a file that may not be read', async () => {
        await place.put('.weighbridge/bundle.json', '{}');
        await place.makeUnreadable('.weighbridge/bundle.json');
        await expect(place.withoutRoot(() => folder.readMetadata('bundle.json', 100))).rejects.toMatchObject({
          code: 'IO',
        });
      });
    });
  });
}

function bytesFrom({ fd, sizeBytes }: ReadableFile, position: number): string {
  const bytes = Buffer.alloc(sizeBytes - position);
  readSync(fd, bytes, 0, bytes.length, position);
  return bytes.toString();
}
