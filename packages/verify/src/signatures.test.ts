import { computeAddress, hexlify, SigningKey } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keccakText } from './keccak256.js';
import { isAddress, isSignatureForm, recoverAddress, toAddress } from './signatures.js';
import { testKey } from './testing/keys.js';
import { numberOf, wordOf } from './words.js';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const key = testKey('one');
const digest = keccakText('a message');
const signature = key.sign(digest);

/** r ‖ s ‖ v with parts replaced. */
function forged({
  r = numberOf(signature.subarray(0, 32)),
  s = numberOf(signature.subarray(32, 64)),
  v = signature[64]!,
}) {
  return Uint8Array.of(...wordOf(r), ...wordOf(s), v);
}

describe('recoverAddress', () => {
  it('finds the signer, as ethers does', () => {
    expect(recoverAddress(digest, signature)).toBe(key.address);
    expect(key.address).toBe(computeAddress(new SigningKey(hexlify(key.secret))));
  });

  it('agrees with ethers on signatures that ethers made', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(), (hash, seed) => {
        const other = testKey(`seed ${seed}`);
        const made = new SigningKey(hexlify(other.secret)).sign(hash);
        expect(recoverAddress(hash, Uint8Array.from(Buffer.from(made.serialized.slice(2), 'hex')))).toBe(other.address);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['another message', keccakText('another'), signature],
    ['a changed r', digest, forged({ r: numberOf(signature.subarray(0, 32)) ^ 1n })],
    ['a changed s', digest, forged({ s: numberOf(signature.subarray(32, 64)) ^ 2n })],
    ['the other v', digest, forged({ v: 55 - signature[64]! })],
  ])('does not find the signer with %s', (_, hash, changed) =>
    expect(recoverAddress(hash, changed)).not.toBe(key.address),
  );

  it.each([
    ['high s', forged({ s: ORDER - numberOf(signature.subarray(32, 64)), v: 55 - signature[64]! })],
    ['v 0', forged({ v: signature[64]! - 27 })],
    ['v 29', forged({ v: 29 })],
    ['v 35', forged({ v: 35 })],
    ['r 0', forged({ r: 0n })],
    ['s 0', forged({ s: 0n })],
    ['r of the order', forged({ r: ORDER })],
    ['r above the order', forged({ r: ORDER + 5n })],
    ['r of no point', forged({ r: 5n })],
    ['64 bytes, the compact form', signature.subarray(0, 64)],
    ['66 bytes', Uint8Array.of(...signature, 0)],
    ['no bytes', new Uint8Array(0)],
  ])('refuses %s', (_, changed) => expect(recoverAddress(digest, changed)).toBeUndefined());

  it('refuses a digest that is not 32 bytes', () =>
    expect(recoverAddress(digest.subarray(1), signature)).toBeUndefined());

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.constantFrom(27, 28), (rs, v) => {
        const found = recoverAddress(digest, Uint8Array.of(...rs, v));
        expect(found === undefined || isAddress(found)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('isSignatureForm', () => {
  const half = ORDER / 2n;
  it('takes s up to half of the order', () => expect(isSignatureForm(forged({ s: half }))).toBe(true));
  it('refuses s above it', () => expect(isSignatureForm(forged({ s: half + 1n }))).toBe(false));
});

describe('isAddress', () => {
  it.each([
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0xde709f2102306220921060314715629080e2fb77',
  ])('takes %s, of EIP-55', (text) => expect(isAddress(text)).toBe(true));

  it.each([
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed',
    '0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    '',
  ])('refuses %s', (text) => expect(isAddress(text)).toBe(false));

  it('wants 20 bytes', () => expect(() => toAddress(new Uint8Array(19))).toThrow(RangeError));
});
