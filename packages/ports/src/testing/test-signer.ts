import { testKey } from '@weighbridge/verify/testing/keys';
import type { Signer } from '../signer.js';

/** A signer made from its name: the same name is the same key. */
export function testSigner(name: string): Signer {
  const key = testKey(name);
  return { address: key.address, sign: async (digest) => key.sign(digest) };
}
