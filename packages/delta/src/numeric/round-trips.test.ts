import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../operation.js';
import { PLANES16, PLANES32 } from './planes.js';
import { QBLK_Q4_0, QBLK_Q8_0 } from './qblk.js';
import { RAW } from './raw.js';
import { T8 } from './t8.js';
import { T16_BF16, T16_F16 } from './t16.js';
import { T32 } from './t32.js';
import { decoded, type Pair, payloadOf } from './testing/operation-suite.js';

const OPERATIONS = [RAW, PLANES16, PLANES32, T16_BF16, T16_F16, T32, T8, QBLK_Q8_0, QBLK_Q4_0] as Operation[];

/** Elements that change a little, much, or not at all, of few values or of many. */
const element = fc.oneof(
  { weight: 3, arbitrary: fc.record({ base: fc.integer({ min: 0, max: 3 }), step: fc.integer({ min: -2, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ base: fc.integer(), step: fc.integer() }) },
);
const elements = fc.array(element, { maxLength: 400 });

function pairOf(values: readonly { base: number; step: number }[], width: number): Pair {
  const bytes = (ofElement: (value: { base: number; step: number }) => number) =>
    Uint8Array.from(
      { length: values.length * width },
      (_, i) => ofElement(values[Math.floor(i / width)]!) >>> (8 * (i % width)),
    );
  return { source: bytes(({ base }) => base), target: bytes(({ base, step }) => base + step) };
}

describe('numeric operations', () => {
  it.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    'give back any bytes: %s',
    (_, operation) => {
      fc.assert(
        fc.property(elements, (values) => {
          const pair = pairOf(values, operation.width);
          const target = operation.source === 'none' ? { source: new Uint8Array(0), target: pair.target } : pair;
          const payload = payloadOf(operation, target);
          expect(Buffer.compare(decoded(operation, payload, target), pair.target)).toBe(0);
          expect(payload.length).toBeLessThanOrEqual(pair.target.length + 12);
        }),
        { numRuns: 60 },
      );
    },
  );
});
