import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Document } from '../document.js';

export const DOCUMENT_OBSTACLES = ['symlink', 'FIFO', 'folder'] as const;
export type DocumentObstacle = (typeof DOCUMENT_OBSTACLES)[number];

/** Where a document lies, and what can happen to it behind its back. */
export interface DocumentPlace {
  readonly document: Document;
  put(bytes: Uint8Array): Promise<void>;
  remove(): Promise<void>;
  /** Puts something else at its name; the symlink leads to a regular file. */
  obstruct(kind: DocumentObstacle): Promise<void>;
  makeReadOnly(): Promise<void>;
  makeUnreadable(): Promise<void>;
  /** What lies beside the document, which a write must leave as it was. */
  neighbors(): Promise<string[]>;
  /** Runs a task without rights that go beyond permissions. */
  withoutRoot<T>(task: () => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

const OLD = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const NEW = Uint8Array.of(9, 8, 7);

/** What every Document must do. */
export function documentSuite(name: string, setup: () => Promise<DocumentPlace>): void {
  describe(`Document: ${name}`, () => {
    let place: DocumentPlace;
    beforeEach(async () => {
      place = await setup();
    });
    afterEach(() => place.dispose());

    test('an absent one reads as undefined', async () => {
      expect(await place.document.read(100)).toBeUndefined();
    });

    test('what was written is read back, and replaced as a whole', async () => {
      expect(await place.document.write(OLD)).toBe(true);
      expect(await place.document.read(100)).toEqual(OLD);
      expect(await place.document.write(NEW)).toBe(true);
      expect(await place.document.read(100)).toEqual(NEW);
    });

    test('an empty one is not an absent one', async () => {
      await place.document.write(new Uint8Array());
      expect(await place.document.read(100)).toEqual(new Uint8Array());
    });

    test('a write keeps its own copy of the bytes', async () => {
      const bytes = OLD.slice();
      await place.document.write(bytes);
      bytes.fill(0);
      expect(await place.document.read(100)).toEqual(OLD);
    });

    test('a write leaves nothing beside it', async () => {
      const before = await place.neighbors();
      await place.document.write(OLD);
      await place.document.write(NEW);
      expect(await place.neighbors()).toEqual(before);
    });

    test('the limit is the last size that is read', async () => {
      await place.put(OLD);
      expect(await place.document.read(OLD.length)).toEqual(OLD);
      await expect(place.document.read(OLD.length - 1)).rejects.toMatchObject({ code: 'LIMIT' });
    });

    test('one that vanished is absent, and can be written again', async () => {
      await place.put(OLD);
      await place.remove();
      expect(await place.document.read(100)).toBeUndefined();
      expect(await place.document.write(NEW)).toBe(true);
      expect(await place.document.read(100)).toEqual(NEW);
    });

    test('a truncated one is handed out as it is: its format is judged elsewhere', async () => {
      await place.put(OLD.subarray(0, 3));
      expect(await place.document.read(100)).toEqual(OLD.subarray(0, 3));
    });

    test.each(DOCUMENT_OBSTACLES)(
      'a %s at its name is refused at once, read or written, and stays',
      { timeout: 2_000 },
      async (kind) => {
        await place.obstruct(kind);
        const before = await place.neighbors();
        await expect(place.document.read(100)).rejects.toMatchObject({ code: 'USAGE' });
        await expect(place.document.write(NEW)).rejects.toMatchObject({ code: 'USAGE' });
        await expect(place.document.read(100)).rejects.toMatchObject({ code: 'USAGE' });
        expect(await place.neighbors()).toEqual(before);
      },
    );

    test('a read-only place is told apart from a failure, and nothing changes', async () => {
      await place.put(OLD);
      const before = await place.neighbors();
      await place.makeReadOnly();
      expect(await place.withoutRoot(() => place.document.write(NEW))).toBe(false);
      expect(await place.withoutRoot(() => place.document.read(100))).toEqual(OLD);
      expect(await place.neighbors()).toEqual(before);
    });

    test('one that may not be read is IO, never absent', async () => {
      await place.put(OLD);
      await place.makeUnreadable();
      await expect(place.withoutRoot(() => place.document.read(100))).rejects.toMatchObject({ code: 'IO' });
    });
  });
}
