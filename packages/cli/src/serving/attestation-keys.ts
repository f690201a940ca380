import type { AttestationKeys } from '@weighbridge/attestation/attestation-doors';
import type { KeyStore } from '@weighbridge/ports/key-store';
import type { Signer } from '@weighbridge/ports/signer';
import { WITNESS_KEY } from '../embedded-chain.js';
import { usage } from '../usage.js';

/** A key store that unlocks each key once: that takes a tenth of a second and 75 MB. */
export function unlockOnce(keys: KeyStore): KeyStore {
  const unlocked = new Map<string, Promise<Signer>>();
  return {
    list: () => keys.list(),
    create: (name) => keys.create(name),
    unlock(name) {
      const known = unlocked.get(name);
      if (known !== undefined) return known;
      const signer = keys.unlock(name);
      unlocked.set(name, signer);
      signer.catch(() => unlocked.delete(name));
      return signer;
    },
  };
}

/** What the service signs with. Whoever relays is no witness: its key signs nothing else. */
export function attestationKeys(keys: KeyStore): AttestationKeys {
  return {
    async signerOf(address) {
      const key = (await keys.list()).find((one) => one.address === address);
      if (key !== undefined) return keys.unlock(key.name);
      throw usage(
        `the key ${address} is not in the home folder of this service`,
        'run the service where that key lies',
      );
    },
    async relayer() {
      const key = (await keys.list()).find(({ name }) => name !== WITNESS_KEY);
      if (key !== undefined) return keys.unlock(key.name);
      throw usage('there is no key here to send the transaction with', 'make one with `weighbridge key new relayer`');
    },
  };
}
