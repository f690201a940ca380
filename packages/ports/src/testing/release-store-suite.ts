import type { Digest } from '@weighbridge/core/brands';
import { sha3, sha3Digest } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, treeRoot } from '@weighbridge/core/tree';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ReleaseStore } from '../release-store.js';

export type StoredKind = 'manifest' | 'leaves';

/** Where a store keeps things, and what can happen to them behind its back. */
export interface ReleaseStorePlace {
  readonly store: ReleaseStore;
  /** A store that knows nothing but what the first one left. */
  reopen(): Promise<ReleaseStore>;
  /** Replaces what is kept. */
  damage(kind: StoredKind, digest: Digest, bytes: Uint8Array): Promise<void>;
  remove(kind: StoredKind, digest: Digest): Promise<void>;
  /** Puts something of a foreign name beside the manifests. */
  litter(): Promise<void>;
  makeReadOnly(): Promise<void>;
  /** Runs a task without rights that go beyond permissions. */
  withoutRoot<T>(task: () => Promise<T>): Promise<T>;
  dispose(): Promise<void>;
}

const MANIFEST = new TextEncoder().encode('{"a":1}');
const DIGEST = sha3Digest(MANIFEST);
const OTHER_MANIFEST = new TextEncoder().encode('{"a":2}');
const OTHER_DIGEST = sha3Digest(OTHER_MANIFEST);
const SIZE_BYTES = 2 * CHUNK_BYTES + 1;
const LEAVES = new Uint8Array([1, 2, 3].flatMap((seed) => [...sha3(Uint8Array.of(seed))]));
const TREE = treeRoot(SIZE_BYTES, LEAVES);

/** What every ReleaseStore must do. */
export function releaseStoreSuite(name: string, setup: () => Promise<ReleaseStorePlace>): void {
  describe(`ReleaseStore: ${name}`, () => {
    let place: ReleaseStorePlace;
    let store: ReleaseStore;
    beforeEach(async () => {
      place = await setup();
      store = place.store;
    });
    afterEach(() => place.dispose());

    test('an empty one has nothing', async () => {
      expect(await store.listManifests()).toEqual([]);
      expect(await store.getManifest(DIGEST)).toBeUndefined();
      expect(await store.getLeaves(TREE, SIZE_BYTES)).toBeUndefined();
    });

    test('what was put is there for those who come later', async () => {
      await store.putManifest(DIGEST, MANIFEST);
      await store.putLeaves(TREE, LEAVES);
      const later = await place.reopen();
      expect(await later.getManifest(DIGEST)).toEqual(MANIFEST);
      expect(await later.getLeaves(TREE, SIZE_BYTES)).toEqual(LEAVES);
    });

    test('putting the same again changes nothing', async () => {
      for (let round = 0; round < 2; round++) {
        await store.putManifest(DIGEST, MANIFEST);
        await store.putLeaves(TREE, LEAVES);
      }
      expect(await store.getManifest(DIGEST)).toEqual(MANIFEST);
      expect(await store.getLeaves(TREE, SIZE_BYTES)).toEqual(LEAVES);
    });

    test('the same put many times at once is there once and whole', async () => {
      await Promise.all(Array.from({ length: 8 }, () => store.putManifest(DIGEST, MANIFEST)));
      expect(await store.getManifest(DIGEST)).toEqual(MANIFEST);
      expect(await store.listManifests()).toEqual([DIGEST]);
    });

    test('a manifest is not taken under a digest that is not its own', async () => {
      await expect(store.putManifest(OTHER_DIGEST, MANIFEST)).rejects.toMatchObject({ code: 'TAMPERED' });
      expect(await store.listManifests()).toEqual([]);
    });

    test('leaves of an empty file are no leaves', async () => {
      const tree = treeRoot(0, new Uint8Array());
      await store.putLeaves(tree, new Uint8Array());
      expect(await store.getLeaves(tree, 0)).toEqual(new Uint8Array());
    });

    test('manifests are listed by digest, sorted, and nothing foreign with them', async () => {
      await store.putManifest(DIGEST, MANIFEST);
      await store.putManifest(OTHER_DIGEST, OTHER_MANIFEST);
      await store.putLeaves(TREE, LEAVES);
      await place.litter();
      expect(await store.listManifests()).toEqual([DIGEST, OTHER_DIGEST].sort());
    });

    test.each([
      ['flipped', MANIFEST.map((byte, index) => (index === 3 ? byte ^ 1 : byte))],
      ['truncated', MANIFEST.subarray(0, 5)],
      ['emptied', new Uint8Array()],
      ['longer', Buffer.concat([MANIFEST, Uint8Array.of(10)])],
      ['oversized', new Uint8Array(16 * 1024 * 1024 + 1)],
      ['exchanged', OTHER_MANIFEST],
    ])('a manifest that was %s is absent until it is put again', async (_, bytes) => {
      await store.putManifest(DIGEST, MANIFEST);
      await place.damage('manifest', DIGEST, new Uint8Array(bytes));
      expect(await store.getManifest(DIGEST)).toBeUndefined();
      await store.putManifest(DIGEST, MANIFEST);
      expect(await store.getManifest(DIGEST)).toEqual(MANIFEST);
    });

    test.each([
      ['flipped', LEAVES.map((byte, index) => (index === 100 ? byte ^ 1 : byte))],
      ['truncated', LEAVES.subarray(0, 128)],
      ['cut within a leaf', LEAVES.subarray(0, 100)],
      ['emptied', new Uint8Array()],
      ['longer', Buffer.concat([LEAVES, new Uint8Array(64)])],
    ])('leaves that were %s are absent until they are put again', async (_, bytes) => {
      await store.putLeaves(TREE, LEAVES);
      await place.damage('leaves', TREE, new Uint8Array(bytes));
      expect(await store.getLeaves(TREE, SIZE_BYTES)).toBeUndefined();
      await store.putLeaves(TREE, LEAVES);
      expect(await store.getLeaves(TREE, SIZE_BYTES)).toEqual(LEAVES);
    });

    test('leaves are bound to the size of their file', async () => {
      await store.putLeaves(TREE, LEAVES);
      expect(await store.getLeaves(TREE, SIZE_BYTES + 1)).toBeUndefined();
      expect(await store.getLeaves(TREE, CHUNK_BYTES)).toBeUndefined();
    });

    test('half a leaf is not taken', async () => {
      await expect(store.putLeaves(TREE, LEAVES.subarray(0, 100))).rejects.toThrow(RangeError);
    });

    test('what vanished is absent', async () => {
      await store.putManifest(DIGEST, MANIFEST);
      await store.putLeaves(TREE, LEAVES);
      await place.remove('manifest', DIGEST);
      await place.remove('leaves', TREE);
      expect(await store.getManifest(DIGEST)).toBeUndefined();
      expect(await store.getLeaves(TREE, SIZE_BYTES)).toBeUndefined();
    });

    test('a read-only place is IO for what is new; what is there stays readable', async () => {
      await store.putManifest(DIGEST, MANIFEST);
      await store.putLeaves(TREE, LEAVES);
      await place.makeReadOnly();
      await place.withoutRoot(async () => {
        await expect(store.putManifest(OTHER_DIGEST, OTHER_MANIFEST)).rejects.toMatchObject({ code: 'IO' });
        await expect(
          store.putLeaves(treeRoot(1, LEAVES.subarray(0, 64)), LEAVES.subarray(0, 64)),
        ).rejects.toMatchObject({ code: 'IO' });
        expect(await store.getManifest(DIGEST)).toEqual(MANIFEST);
        expect(await store.getLeaves(TREE, SIZE_BYTES)).toEqual(LEAVES);
        expect(await store.listManifests()).toEqual([DIGEST]);
      });
    });
  });
}
