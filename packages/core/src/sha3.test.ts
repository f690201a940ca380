import { sha3_512 } from '@noble/hashes/sha3.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha3, sha3Digest } from './sha3.js';

it('is SHA3-512 of the parts in a row', () => {
  expect(sha3Digest(Buffer.from('abc'))).toBe(
    'b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0',
  );
  fc.assert(
    fc.property(fc.array(fc.uint8Array(), { maxLength: 4 }), (parts) => {
      expect(sha3(...parts)).toEqual(sha3_512(new Uint8Array(Buffer.concat(parts))));
    }),
  );
});
