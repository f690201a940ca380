import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RegionBytes } from './region-bytes.js';

const FILE = Uint8Array.from({ length: 200 }, (_, index) => index);
const bytes = {
  sizes: [FILE.length],
  read: (_file: number, offset: number, into: Uint8Array) => into.set(FILE.subarray(offset, offset + into.length)),
};

test('regions read like the file with what lies between cut out', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 20 })), { maxLength: 7 }),
      fc.nat(60),
      (gaps, from) => {
        let at = 0;
        const regions = gaps.map(([gap, length]) => {
          at += gap + length;
          return { start: at - length, length };
        });
        const whole = Buffer.concat(regions.map(({ start, length }) => FILE.subarray(start, start + length)));
        const laid = new RegionBytes(bytes, [regions]);
        expect(laid.sizes).toEqual([whole.length]);
        const offset = Math.min(from, whole.length);
        const into = new Uint8Array(whole.length - offset);
        laid.read(0, offset, into);
        expect(Buffer.from(into)).toEqual(whole.subarray(offset));
        const places = laid.places(0, offset, into.length);
        expect(places.reduce((sum, { length }) => sum + length, 0)).toBe(into.length);
        for (const { start, at: laidAt } of places) expect(whole[laidAt]).toBe(FILE[start]);
      },
    ),
  );
});
