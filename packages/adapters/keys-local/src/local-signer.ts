import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Signer } from '@weighbridge/ports/signer';
import { addressOfKey } from '@weighbridge/verify/signatures';

/** A signer with its private key in this process's memory. @param privateKey 32 bytes */
export function createLocalSigner(privateKey: Uint8Array): Signer {
  return {
    address: addressOfKey(secp256k1.getPublicKey(privateKey)),
    async sign(digest) {
      if (digest.length !== 32) throw new RangeError(`a key signs digests of 32 bytes, not ${digest.length}`);
      const [recovery, ...rs] = secp256k1.sign(digest, privateKey, { prehash: false, lowS: true, format: 'recovered' });
      return Uint8Array.of(...rs, 27 + recovery!);
    },
  };
}
