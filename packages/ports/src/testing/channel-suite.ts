import { bytesEqual } from '@weighbridge/core/hex';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Channel } from '../channel.js';
import { channelRelease, listed, publishRelease, readFrom, writeFiles } from './channel-release.js';

/** What a store holds of a release. */
export type StoredPiece =
  | { readonly kind: 'weights'; readonly file: ManifestFile; readonly chunk: number }
  | { readonly kind: 'leaves'; readonly file: ManifestFile }
  | { readonly kind: 'manifest' };

export type StoreFault = 'flipped' | 'cut' | 'longer' | 'emptied' | 'missing' | 'symlink' | 'FIFO';

/** Which tests a kind of channel takes part in. */
export interface ChannelTraits {
  /** Faults that its store can have. */
  readonly faults: readonly StoreFault[];
  /** Whether what was written waits where it can rot; `damageWaiting` must be there. */
  readonly waits: boolean;
  /** Whether something is asked over a network; `disconnect` and `stall` must be there. */
  readonly network: boolean;
  /**
   * Whether publishing again makes rot good at once (the default), or finds it, removes it and says so, so that the next
   * run makes it good: a store that keeps what it has and takes bytes before it knows their digest cannot do better.
   */
  readonly heals?: 'at once' | 'next time';
}

/** Where a channel keeps things, and what can happen to them behind its back. */
export interface ChannelPlace {
  /** The one that is looked at. */
  readonly channel: Channel;
  /** The one that publishes; another where the first can only be read. */
  readonly publisher: Channel;
  /** A channel that knows nothing but what the first one left. */
  reopen(): Promise<Channel>;
  /** Damages the object that holds a piece; a flip is in the piece's own bytes. */
  damage(piece: StoredPiece, fault: StoreFault): Promise<void>;
  /** Number of objects, waiting ones included. */
  countObjects(): Promise<number>;
  /** Flips a byte of something that waits in a publication. */
  damageWaiting?(): Promise<void>;
  /** Whatever it talks to is gone. */
  disconnect?(): Promise<void>;
  /** Whatever it talks to takes requests and answers none. */
  stall?(): Promise<void>;
  dispose(): Promise<void>;
}

const RELEASE = channelRelease();
const OTHER = channelRelease('1.1.0', 2);
const MODEL = listed(RELEASE, 'model.bin');
const SECOND: StoredPiece = { kind: 'weights', file: MODEL, chunk: 1 };
const TOTAL_BYTES = RELEASE.manifest.files.reduce((sum, { size }) => sum + size, 0);
const HOSTILE = /^(TAMPERED|UNVERIFIABLE|LIMIT|IO)$/;

/** What a read came to: the bytes, or the outcome of the refusal. */
async function outcomeOf(read: Promise<Uint8Array>): Promise<Uint8Array | string> {
  return read.then(
    (bytes) => bytes,
    (error: { code?: string }) => error.code ?? String(error),
  );
}

async function within<T>(task: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took more than ${milliseconds} ms`)), milliseconds);
  });
  return Promise.race([task, late]).finally(() => clearTimeout(timer));
}

/** What every Channel must do. */
export function channelSuite(name: string, setup: () => Promise<ChannelPlace>, traits: ChannelTraits): void {
  const present = (...faults: StoreFault[]) => faults.filter((fault) => traits.faults.includes(fault));
  describe(`Channel: ${name}`, () => {
    let place: ChannelPlace;
    let channel: Channel;
    beforeEach(async () => {
      place = await setup();
      channel = place.channel;
    });
    afterEach(() => place.dispose());

    test('an empty one holds nothing', async () => {
      expect(await channel.receipt(RELEASE)).toBeUndefined();
      await expect(channel.manifest(RELEASE)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
      await expect(channel.leaves(RELEASE, MODEL)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
      await expect(readFrom(channel, RELEASE, 'model.bin')).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    });

    test('what was published is there for those who come later', async () => {
      let readBack = 0;
      const receipt = await publishRelease(place.publisher, RELEASE, { onBytes: (bytes) => (readBack += bytes) });
      expect(readBack).toBe(TOTAL_BYTES);
      expect(receipt).toMatchObject({ channel: channel.name, releaseDigest: RELEASE.releaseDigest });
      const later = await place.reopen();
      expect(await later.receipt(RELEASE)).toEqual(receipt);
      expect(await later.manifest(RELEASE)).toEqual(RELEASE.canonical);
      for (const file of RELEASE.manifest.files) {
        expect(bytesEqual(await readFrom(later, RELEASE, file.path), RELEASE.files.get(file.path)!)).toBe(true);
        if (file.size > 0) expect(await later.leaves(RELEASE, file)).toEqual(RELEASE.digests.get(file.path)!.leaves);
      }
    });

    test.each([0, 1, 2])('a file is opened at chunk %i', async (chunk) => {
      await publishRelease(place.publisher, RELEASE);
      const offset = chunk * CHUNK_BYTES;
      expect(
        bytesEqual(
          await readFrom(channel, RELEASE, 'model.bin', offset),
          RELEASE.files.get('model.bin')!.subarray(offset),
        ),
      ).toBe(true);
    });

    test('a piece is its consumer’s own', async () => {
      await publishRelease(place.publisher, RELEASE);
      for await (const piece of channel.open(RELEASE, MODEL, 0)) piece.fill(0);
      expect(bytesEqual(await readFrom(channel, RELEASE, 'model.bin'), RELEASE.files.get('model.bin')!)).toBe(true);
    });

    test('many readers at once, and some who leave early', async () => {
      await publishRelease(place.publisher, RELEASE);
      const leave = async () => {
        for await (const _ of channel.open(RELEASE, MODEL, 0)) return;
      };
      const read = async () => {
        expect(bytesEqual(await readFrom(channel, RELEASE, 'model.bin'), RELEASE.files.get('model.bin')!)).toBe(true);
      };
      await Promise.all([read(), leave(), read(), leave(), read(), leave()]);
    });

    test('it holds a release under its own name and digest alone', async () => {
      await publishRelease(place.publisher, RELEASE);
      expect(await channel.receipt({ ...RELEASE, releaseDigest: OTHER.releaseDigest })).toBeUndefined();
      expect(await channel.receipt(OTHER)).toBeUndefined();
    });

    test('releases stand side by side', async () => {
      await publishRelease(place.publisher, RELEASE);
      await publishRelease(place.publisher, OTHER);
      for (const release of [RELEASE, OTHER]) {
        expect(await channel.manifest(release)).toEqual(release.canonical);
        expect(bytesEqual(await readFrom(channel, release, 'model.bin'), release.files.get('model.bin')!)).toBe(true);
      }
    });

    test('it says where it is', async () => {
      await publishRelease(place.publisher, RELEASE);
      const state = await channel.probe();
      expect(state.location).toBe(channel.location);
      expect(channel.location).not.toMatch(/\/\/[^/]*@/);
      if (state.sizeBytes !== undefined) expect(state.sizeBytes).toBeGreaterThanOrEqual(TOTAL_BYTES);
      if (state.releases !== undefined) expect(state.releases).toBe(1);
    });

    describe('publishing', () => {
      test('nothing can be found before it is complete', async () => {
        const publication = await place.publisher.publish(RELEASE.ref);
        await writeFiles(publication, RELEASE);
        const later = await place.reopen();
        expect(await later.receipt(RELEASE)).toBeUndefined();
        await expect(later.manifest(RELEASE)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
        await expect(readFrom(later, RELEASE, 'config.json')).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
        await expect(readFrom(later, RELEASE, 'model.bin')).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
        await publication.abandon();
      });

      test('abandoned, it leaves nothing', async () => {
        const empty = await place.countObjects();
        const publication = await place.publisher.publish(RELEASE.ref);
        await writeFiles(publication, RELEASE);
        const half = await publication.add(MODEL.path, MODEL.size);
        await half.write(RELEASE.files.get('model.bin')!.slice(0, CHUNK_BYTES));
        await publication.abandon();
        await publication.abandon();
        expect(await place.countObjects()).toBe(empty);
        expect(await channel.receipt(RELEASE)).toBeUndefined();
      });

      test('abandoned after it was complete, it stays', async () => {
        const publication = await place.publisher.publish(RELEASE.ref);
        await writeFiles(publication, RELEASE);
        await publication.complete(RELEASE);
        await publication.abandon();
        expect(bytesEqual(await readFrom(channel, RELEASE, 'model.bin'), RELEASE.files.get('model.bin')!)).toBe(true);
      });

      test('the same again changes nothing', async () => {
        const first = await publishRelease(place.publisher, RELEASE);
        const objects = await place.countObjects();
        expect(await publishRelease(place.publisher, RELEASE)).toEqual(first);
        expect(await place.countObjects()).toBe(objects);
      });

      test('the same twice at once is there once and whole', async () => {
        await Promise.all([publishRelease(place.publisher, RELEASE), publishRelease(place.publisher, RELEASE)]);
        expect(bytesEqual(await readFrom(channel, RELEASE, 'model.bin'), RELEASE.files.get('model.bin')!)).toBe(true);
      });

      test.each([
        ['other bytes', (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1)],
        ['fewer bytes', (bytes: Uint8Array) => bytes.slice(0, -1)],
        ['more bytes', (bytes: Uint8Array) => new Uint8Array([...bytes, 0])],
        ['no bytes', () => new Uint8Array()],
      ])('%s than were digested are TAMPERED, and nothing is found', async (_, change) => {
        const publication = await place.publisher.publish(RELEASE.ref);
        const publish = async () => {
          for (const { path, size } of RELEASE.manifest.files) {
            const bytes = RELEASE.files.get(path)!;
            const sink = await publication.add(path, size);
            const taken = path === 'config.json' ? change(bytes) : bytes;
            for (let at = 0; at < taken.length; at += CHUNK_BYTES) await sink.write(taken.slice(at, at + CHUNK_BYTES));
            await sink.finish(RELEASE.digests.get(path)!);
          }
          await publication.complete(RELEASE);
        };
        await expect(publish()).rejects.toMatchObject({ code: 'TAMPERED' });
        await publication.abandon();
        expect(await channel.receipt(RELEASE)).toBeUndefined();
      });

      if (traits.waits)
        test('what rots while it waits is TAMPERED, and nothing is found', async () => {
          const publication = await place.publisher.publish(RELEASE.ref);
          await writeFiles(publication, RELEASE);
          await place.damageWaiting!();
          await expect(publication.complete(RELEASE)).rejects.toMatchObject({ code: 'TAMPERED' });
          await publication.abandon();
          expect(await channel.receipt(RELEASE)).toBeUndefined();
          await publishRelease(place.publisher, RELEASE);
          expect(bytesEqual(await readFrom(channel, RELEASE, 'model.bin'), RELEASE.files.get('model.bin')!)).toBe(true);
        });

      test('an aborted one is not found, and may be published again', async () => {
        const publication = await place.publisher.publish(RELEASE.ref);
        await writeFiles(publication, RELEASE);
        const reason = new Error('stopped');
        await expect(publication.complete(RELEASE, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
        await publication.abandon();
        expect(await channel.receipt(RELEASE)).toBeUndefined();
        await publishRelease(place.publisher, RELEASE);
        expect(await channel.receipt(RELEASE)).toBeDefined();
      });

      test.each(present('flipped', 'cut', 'longer', 'emptied', 'missing', 'symlink', 'FIFO'))(
        'what was %s is made good by publishing again',
        async (fault) => {
          await publishRelease(place.publisher, RELEASE);
          await place.damage(SECOND, fault);
          if (traits.heals === 'next time') {
            const found = publishRelease(place.publisher, RELEASE);
            await expect(within(found, 20_000)).rejects.toMatchObject({ code: 'TAMPERED' });
            expect(await channel.receipt(RELEASE)).toBeUndefined();
          }
          await within(publishRelease(place.publisher, RELEASE), 20_000);
          expect(bytesEqual(await readFrom(channel, RELEASE, 'model.bin'), RELEASE.files.get('model.bin')!)).toBe(true);
        },
      );
    });

    describe('faults of the store', () => {
      beforeEach(async () => {
        await publishRelease(place.publisher, RELEASE);
      });

      test('a flipped byte is refused or comes out as it lies there', async () => {
        await place.damage(SECOND, 'flipped');
        const found = await outcomeOf(readFrom(channel, RELEASE, 'model.bin'));
        if (typeof found === 'string') return expect(found).toMatch(HOSTILE);
        expect(bytesEqual(found, RELEASE.files.get('model.bin')!)).toBe(false);
        expect(found).toHaveLength(MODEL.size);
        const chunk = RELEASE.files.get('model.bin')!.subarray(0, CHUNK_BYTES);
        expect(bytesEqual(found.subarray(0, CHUNK_BYTES), chunk)).toBe(true);
      });

      test.each(present('cut', 'longer', 'emptied', 'symlink', 'FIFO'))('what was %s is refused', async (fault) => {
        await place.damage(SECOND, fault);
        const found = await within(outcomeOf(readFrom(channel, RELEASE, 'model.bin')), 5000);
        if (typeof found === 'string') expect(found).toMatch(HOSTILE);
        // The channel may stop without a word where the place hides its loss; never is more given than the file has.
        else expect(found.length).toBeLessThan(MODEL.size);
      });

      test('what is missing is UNVERIFIABLE, and the rest can be read', async () => {
        await place.damage(SECOND, 'missing');
        await expect(readFrom(channel, RELEASE, 'model.bin')).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
        expect(bytesEqual(await readFrom(channel, RELEASE, 'config.json'), RELEASE.files.get('config.json')!)).toBe(
          true,
        );
      });

      test.each(present('flipped', 'cut', 'longer', 'emptied', 'missing', 'symlink', 'FIFO'))(
        'manifest and leaves that were %s are never taken for good',
        async (fault) => {
          await place.damage({ kind: 'manifest' }, fault);
          await place.damage({ kind: 'leaves', file: MODEL }, fault);
          const manifest = await within(outcomeOf(channel.manifest(RELEASE)), 5000);
          const leaves = await within(outcomeOf(channel.leaves(RELEASE, MODEL)), 5000);
          for (const [found, good] of [
            [manifest, RELEASE.canonical],
            [leaves, RELEASE.digests.get('model.bin')!.leaves],
          ] as const) {
            if (typeof found === 'string') expect(found).toMatch(HOSTILE);
            else expect(found).not.toEqual(good);
          }
          expect(leaves.length).toBeLessThanOrEqual(RELEASE.digests.get('model.bin')!.leaves.length);
        },
      );
    });

    describe('stopping', () => {
      const reason = new Error('stopped');
      beforeEach(async () => {
        await publishRelease(place.publisher, RELEASE);
      });

      test('an aborted signal ends every read with its reason', async () => {
        const signal = AbortSignal.abort(reason);
        await expect(channel.receipt(RELEASE, signal)).rejects.toBe(reason);
        await expect(channel.manifest(RELEASE, signal)).rejects.toBe(reason);
        await expect(channel.leaves(RELEASE, MODEL, signal)).rejects.toBe(reason);
        await expect(readFrom(channel, RELEASE, 'model.bin', 0, signal)).rejects.toBe(reason);
        await expect(channel.probe(signal)).rejects.toBe(reason);
      });

      test('in mid-file too', async () => {
        const controller = new AbortController();
        const read = async () => {
          for await (const _ of channel.open(RELEASE, MODEL, 0, controller.signal)) controller.abort(reason);
        };
        await expect(within(read(), 5000)).rejects.toBe(reason);
      });

      if (traits.network)
        test('what cannot be reached is UNVERIFIABLE', async () => {
          await place.disconnect!();
          await expect(channel.probe()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
          await expect(channel.manifest(RELEASE)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
          await expect(channel.leaves(RELEASE, MODEL)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
          await expect(readFrom(channel, RELEASE, 'model.bin')).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
        });

      if (traits.network)
        test('whoever waits for a silent one can leave', async () => {
          await place.stall!();
          const controller = new AbortController();
          setTimeout(() => controller.abort(reason), 50);
          await expect(within(readFrom(channel, RELEASE, 'model.bin', 0, controller.signal), 5000)).rejects.toBe(
            reason,
          );
        });
    });
  });
}
