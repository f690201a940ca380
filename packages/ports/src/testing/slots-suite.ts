import type { RelativePath } from '@weighbridge/core/brands';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SlotName, Slots } from '../slots.js';

/** Where slots lie, and what can happen to them behind their back. */
export interface SlotsPlace {
  readonly slots: Slots;
  /** Puts a file into a slot, or beside the slots. */
  put(path: string, bytes: string): Promise<void>;
  /** What lies in a slot, `.weighbridge/` too; sorted. */
  filesOf(slot: SlotName): Promise<string[]>;
  dispose(): Promise<void>;
}

const [OLD, NEW] = [Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)];
const path = (text: string): RelativePath => text as RelativePath;

/** What every Slots must do. */
export function slotsSuite(name: string, setup: () => Promise<SlotsPlace>): void {
  describe(`Slots: ${name}`, () => {
    let place: SlotsPlace;
    let slots: Slots;
    beforeEach(async () => {
      place = await setup();
      slots = place.slots;
    });
    afterEach(() => place.dispose());

    async function build(slot: SlotName, files: Readonly<Record<string, string>>, keep = false): Promise<void> {
      const built = await slots.openPlace(slot, keep);
      for (const [file, text] of Object.entries(files)) {
        const opened = await built.open(path(file), text.length);
        await opened.write(0, Buffer.from(text));
        await opened.sync();
        await opened.close();
      }
      await built.putMetadata('bundle.json', OLD);
      await built.finish();
      await built.close();
    }

    test('the state is absent at first, then what was written last', async () => {
      expect(await slots.readState(100)).toBeUndefined();
      await slots.replaceState(undefined, OLD);
      await slots.replaceState(OLD, NEW);
      expect(await slots.readState(100)).toEqual(NEW);
    });

    test('BUSY: a state that is no longer what was read stays', async () => {
      await expect(slots.replaceState(OLD, NEW)).rejects.toMatchObject({ code: 'BUSY' });
      await slots.replaceState(undefined, OLD);
      for (const read of [undefined, NEW]) {
        await expect(slots.replaceState(read, NEW)).rejects.toMatchObject({ code: 'BUSY' });
      }
      expect(await slots.readState(100)).toEqual(OLD);
    });

    test('LIMIT: a state that is too large', async () => {
      await slots.replaceState(undefined, OLD);
      await expect(slots.readState(2)).rejects.toMatchObject({ code: 'LIMIT' });
    });

    test('the journal comes and goes; one that is too large is none', async () => {
      expect(await slots.readJournal(100)).toBeUndefined();
      await slots.writeJournal(OLD);
      await slots.writeJournal(NEW);
      expect(await slots.readJournal(100)).toEqual(NEW);
      expect(await slots.readJournal(2)).toBeUndefined();
      await slots.removeJournal();
      await slots.removeJournal();
      expect(await slots.readJournal(100)).toBeUndefined();
    });

    test('a slot has entries or none, and TAMPERED where there is no folder', async () => {
      expect([await slots.hasEntries('a'), await slots.hasEntries('b')]).toEqual([false, false]);
      await expect(slots.openSlot('a')).rejects.toMatchObject({ code: 'TAMPERED' });
      await build('b', { f: 'x' });
      expect([await slots.hasEntries('a'), await slots.hasEntries('b')]).toEqual([false, true]);
    });

    test('a release is put together in a slot and read there', async () => {
      await build('a', { 'config.json': '{}', 'sub/deep/weights': 'w' });
      expect(await place.filesOf('a')).toEqual(['.weighbridge/bundle.json', 'config.json', 'sub/deep/weights']);
      const folder = await slots.openSlot('a');
      expect((await folder.scan(['.weighbridge'])).entries.map((entry) => entry.path)).toEqual([
        'config.json',
        'sub/deep/weights',
      ]);
      expect(await folder.readMetadata('bundle.json', 100)).toEqual(OLD);
    });

    test('what was there before is gone, and the other slot is as it was', async () => {
      await build('a', { f: 'of a' });
      await build('b', { f: 'of b', more: 'x' });
      await build('b', { g: 'anew' });
      expect(await place.filesOf('a')).toEqual(['.weighbridge/bundle.json', 'f']);
      expect(await place.filesOf('b')).toEqual(['.weighbridge/bundle.json', 'g']);
    });

    test('what a broken-off run left is found again, and what does not belong goes with the end', async () => {
      const first = await slots.openPlace('a', false);
      const file = await first.open(path('big'), CHUNK_BYTES + 1);
      expect(file.isNew).toBe(true);
      await file.write(1, Buffer.from('!'));
      await file.close();
      await first.close();
      await place.put('a/leftover', 'x');
      await place.put('a/sub/leftover', 'x');
      await place.put('a/.weighbridge/.bundle.json.0123456789abcdef.tmp', 'x');

      const second = await slots.openPlace('a', true);
      const again = await second.open(path('big'), CHUNK_BYTES + 1);
      expect(again.isNew).toBe(false);
      await again.close();
      await second.putMetadata('bundle.json', NEW);
      await second.finish();
      expect(await place.filesOf('a')).toEqual(['.weighbridge/bundle.json', 'big']);
    });

    test('what is discarded is gone', async () => {
      await build('a', { f: 'x', 'sub/g': 'y' });
      const built = await slots.openPlace('a', true);
      await built.discard();
      expect(await place.filesOf('a')).toEqual([]);
    });

    test('IO: no room', async () => {
      await slots.requireRoom('a', 1);
      await expect(slots.requireRoom('a', Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({ code: 'IO' });
    });

    test('a bundle is replaced alone', async () => {
      await build('a', { f: 'x' });
      await slots.putBundle('a', NEW);
      expect(await (await slots.openSlot('a')).readMetadata('bundle.json', 100)).toEqual(NEW);
      expect(await place.filesOf('a')).toEqual(['.weighbridge/bundle.json', 'f']);
    });

    test('BUSY: one installs at a time; who replaces the state is not held up', async () => {
      await slots.asUpdater(async () => {
        await expect(slots.asUpdater(async () => {})).rejects.toMatchObject({ code: 'BUSY' });
        await slots.replaceState(undefined, OLD);
      });
      expect(await slots.asUpdater(async () => 'done')).toBe('done');
    });
  });
}
