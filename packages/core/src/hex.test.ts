import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesEqual, digestOf, fromHex, isDigest, isSha256, toHex } from './hex.js';

it('round trip, also of a view into a larger buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.nat(8), (bytes, skip) => {
      const view = bytes.subarray(Math.min(skip, bytes.length));
      expect(toHex(view)).toBe(Buffer.from(view).toString('hex'));
      expect(fromHex(toHex(view))).toEqual(Uint8Array.from(view));
    }),
  );
});

it('reads hex of any length', () => {
  expect(fromHex('ab'.repeat(8_000_000)).length).toBe(8_000_000);
});

it.each(['a', 'abc', 'AB', '0x12', 'gg', 'a b ', 'ab\n', '\nab', 'é0'])('%j is no hex', (text) => {
  expect(() => fromHex(text)).toThrow(RangeError);
});

it('knows digests by length and case', () => {
  expect(isDigest('0123456789abcdef'.repeat(8))).toBe(true);
  expect(isSha256('0123456789abcdef'.repeat(4))).toBe(true);
  for (const wrong of [
    'a'.repeat(127),
    'a'.repeat(129),
    'A'.repeat(128),
    `${'a'.repeat(127)}g`,
    `${'a'.repeat(128)}\n`,
    '',
    null,
    5,
  ]) {
    expect(isDigest(wrong)).toBe(false);
  }
  for (const wrong of [
    'a'.repeat(63),
    'a'.repeat(65),
    'A'.repeat(64),
    'a'.repeat(128),
    `${'a'.repeat(64)}\n`,
    undefined,
  ]) {
    expect(isSha256(wrong)).toBe(false);
  }
  expect(() => digestOf(new Uint8Array(63))).toThrow(RangeError);
  expect(digestOf(new Uint8Array(64).fill(0xab))).toBe('ab'.repeat(64));
});

it('compares bytes by content and length', () => {
  expect(bytesEqual(Uint8Array.of(1, 2), Buffer.from([1, 2]))).toBe(true);
  expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false);
  expect(bytesEqual(new Uint8Array(0), new Uint8Array(0))).toBe(true);
});
