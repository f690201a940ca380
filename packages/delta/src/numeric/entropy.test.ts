import { expect, it } from 'vitest';
import { differenceEntropy } from './entropy.js';
import { toBytes } from './testing/float-bytes.js';

it('counts two equally likely differences as a bit each', () => {
  const source = toBytes(
    Array.from({ length: 800 }, () => 0x3f80),
    2,
  );
  const target = toBytes(
    Array.from({ length: 800 }, (_, i) => 0x3f80 + (i & 1)),
    2,
  );
  expect(differenceEntropy(target, source, 7)).toBeCloseTo(100);
});

it('counts a difference that follows from the exponent as nothing', () => {
  const bases = Array.from({ length: 800 }, (_, i) => (i & 1 ? 0x3f80 : 0x3f00));
  const target = toBytes(
    bases.map((base) => (base === 0x3f80 ? 0x3f81 : base)),
    2,
  );
  expect(differenceEntropy(target, toBytes(bases, 2), 7)).toBe(0);
});
