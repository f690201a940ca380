import type { AttestationKeys } from '@weighbridge/attestation/attestation-doors';
import type { KeyStore } from '@weighbridge/ports/key-store';
import { WITNESS_KEY } from '../embedded-chain.js';
import { usage } from '../usage.js';

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
