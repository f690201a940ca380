import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Address } from '@weighbridge/core/brands';
import { keccakText } from '../keccak256.js';
import { addressOfKey } from '../signatures.js';

/** A throw-away key for tests, made from its name. */
export interface TestKey {
  readonly name: string;
  readonly secret: Uint8Array;
  readonly address: Address;
  /** 65 bytes r ‖ s ‖ v, low s. */
  sign(digest: Uint8Array): Uint8Array;
}

export function testKey(name: string): TestKey {
  const secret = keccakText(`weighbridge test key ${name}`);
  return {
    name,
    secret,
    address: addressOfKey(secp256k1.getPublicKey(secret)),
    sign(digest) {
      const [recovery, ...rs] = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
      return Uint8Array.of(...rs, 27 + recovery!);
    },
  };
}
