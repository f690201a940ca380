import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bumpFees, capFees } from './fees.js';

const fees = (maxFeePerGas: bigint, maxPriorityFeePerGas: bigint) => ({ maxFeePerGas, maxPriorityFeePerGas });
const NONE = fees(0n, 0n);

test.each([
  [0n, 1n],
  [1n, 2n],
  [2n, 3n],
  [8n, 9n],
  [9n, 11n],
  [1_000_000_000n, 1_125_000_000n],
  [1_000_000_001n, 1_125_000_002n],
])('a fee of %d wei becomes %d', (old, bumped) => {
  expect(bumpFees(fees(old, old), NONE)).toEqual(fees(bumped, bumped));
});

test('a bump is at least an eighth on both fees, and less than a wei above it', () => {
  fc.assert(
    fc.property(fc.bigInt(8n, 2n ** 80n), fc.bigInt(8n, 2n ** 80n), (max, tip) => {
      const bumped = bumpFees(fees(max, tip), NONE);
      const isTight = (before: bigint, after: bigint) => after * 8n >= before * 9n && (after - 1n) * 8n < before * 9n;
      return isTight(max, bumped.maxFeePerGas) && isTight(tip, bumped.maxPriorityFeePerGas);
    }),
  );
});

test('a bump follows the market where that is higher', () => {
  expect(bumpFees(fees(8n, 8n), fees(100n, 10n))).toEqual(fees(100n, 10n));
});

test('no transaction may cost more than an ether', () => {
  expect(capFees(fees(10n ** 13n, 10n ** 12n), 1_000_000n)).toEqual(fees(10n ** 12n, 10n ** 12n));
  expect(capFees(fees(5n, 4n), 1_000_000n)).toEqual(fees(5n, 4n));
});
