import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Signer } from '@weighbridge/ports/signer';
import { addressOfKey } from '@weighbridge/verify/signatures';

/** A key that nobody keeps: it pays for the deployment of an embedded chain's registry. */
export function createThrowawaySigner(): Signer {
  const key = secp256k1.utils.randomSecretKey();
  return {
    address: addressOfKey(secp256k1.getPublicKey(key)),
    async sign(digest) {
      const [recovery, ...rs] = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' });
      return Uint8Array.of(...rs, 27 + recovery!);
    },
  };
}
