import { keccakText } from '@weighbridge/verify/keccak256';
import { isAddress, isSignatureForm, recoverAddress } from '@weighbridge/verify/signatures';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeyStore } from '../key-store.js';

/** A key store, and what can happen to it behind its back. */
export interface KeyStorePlace {
  readonly store: KeyStore;
  /** A store that knows nothing but what the first one left; with another passphrase, or none. */
  reopen(passphrase?: 'right' | 'wrong' | 'missing'): Promise<KeyStore>;
  /** Makes the stored key no key. */
  damage(name: string): Promise<void>;
  dispose(): Promise<void>;
}

const DIGEST = keccakText('anything');

/** What every KeyStore must do. */
export function keyStoreSuite(name: string, setup: () => Promise<KeyStorePlace>): void {
  describe(`KeyStore: ${name}`, () => {
    let place: KeyStorePlace;
    let store: KeyStore;
    beforeEach(async () => {
      place = await setup();
      store = place.store;
    });
    afterEach(() => place.dispose());

    test('an empty one lists nothing', async () => {
      expect(await store.list()).toEqual([]);
    });

    test('a new key is listed by those who come later, without a passphrase', async () => {
      const made = [await store.create('publisher'), await store.create('legal.eu')];
      expect(made.every(({ address }) => isAddress(address))).toBe(true);
      expect(await (await place.reopen('missing')).list()).toEqual([made[1], made[0]]);
    });

    test('every key is another one', async () => {
      const [a, b] = [await store.create('a'), await store.create('b')];
      expect(a.address).not.toBe(b.address);
    });

    test('an unlocked key signs as the address that is listed', async () => {
      const { address } = await store.create('publisher');
      const signer = await (await place.reopen()).unlock('publisher');
      expect(signer.address).toBe(address);
      for (let round = 0; round < 8; round += 1) {
        const digest = keccakText(`digest ${round}`);
        const signature = await signer.sign(digest);
        expect(isSignatureForm(signature)).toBe(true);
        expect(recoverAddress(digest, signature)).toBe(address);
      }
    });

    test('a signature is of one digest', async () => {
      const { address } = await store.create('a');
      const signature = await (await store.unlock('a')).sign(DIGEST);
      expect(recoverAddress(keccakText('something else'), signature)).not.toBe(address);
    });

    test('a name that is taken is refused and the key stays', async () => {
      const { address } = await store.create('publisher');
      await expect(store.create('publisher')).rejects.toMatchObject({ code: 'USAGE' });
      expect(await store.list()).toEqual([{ name: 'publisher', address }]);
    });

    test('of several at once that want one name one gets it', async () => {
      const all = await Promise.allSettled(Array.from({ length: 3 }, () => store.create('publisher')));
      const made = all.filter((one) => one.status === 'fulfilled').map((one) => one.value);
      expect(made).toHaveLength(1);
      expect(await store.list()).toEqual(made);
      expect((await store.unlock('publisher')).address).toBe(made[0]!.address);
    });

    test.each(['', '.', '..', 'a..b', '../a', 'a/b', 'Publisher', '-a', 'a-', 'a b', 'ä', 'a\0b', 'x'.repeat(65)])(
      '%j is no name',
      async (bad) => {
        await expect(store.create(bad)).rejects.toMatchObject({ code: 'USAGE' });
        await expect(store.unlock(bad)).rejects.toMatchObject({ code: 'USAGE' });
        expect(await store.list()).toEqual([]);
      },
    );

    test('the longest name is a name', async () => {
      await store.create('x'.repeat(64));
      expect((await store.unlock('x'.repeat(64))).address).toBe((await store.list())[0]!.address);
    });

    test('an unknown key is USAGE', async () => {
      await expect(store.unlock('nobody')).rejects.toMatchObject({ code: 'USAGE' });
    });

    test.each(['wrong', 'missing'] as const)('a %s passphrase is USAGE', async (passphrase) => {
      await store.create('publisher');
      await expect((await place.reopen(passphrase)).unlock('publisher')).rejects.toMatchObject({ code: 'USAGE' });
    });

    test('without a passphrase no key is made', async () => {
      const locked = await place.reopen('missing');
      await expect(locked.create('publisher')).rejects.toMatchObject({ code: 'USAGE' });
      expect(await locked.list()).toEqual([]);
    });

    test('a damaged key is MALFORMED, to list and to unlock', async () => {
      await store.create('publisher');
      await place.damage('publisher');
      await expect(store.unlock('publisher')).rejects.toMatchObject({ code: 'MALFORMED' });
      await expect(store.list()).rejects.toMatchObject({ code: 'MALFORMED' });
    });

    test('no refusal goes without a hint', async () => {
      const error = await store.unlock('nobody').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ hint: expect.stringMatching(/./) });
    });
  });
}
