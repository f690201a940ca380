import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../../../../test/support/golden-stream.js';
import { BytesIndex } from './bytes-index.js';
import { decodeBytes } from './decode-bytes.js';
import { encodeBytes } from './encode-bytes.js';
import { filesInMemory } from './testing/files-in-memory.js';
import { runToEnd } from './testing/run-to-end.js';

const golden = goldenBytes(2_200_000);
const part = (from: number, length: number) => golden.subarray(from, from + length);
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Encodes and decodes; @returns the payload's length. */
function roundTrip(target: Uint8Array, base: readonly Uint8Array[]): number {
  const files = filesInMemory(...base);
  const { payload } = encodeBytes(target, runToEnd(BytesIndex.build(files)));
  const out = new Uint8Array(target.length).fill(0xaa);
  decodeBytes(payload, files, out);
  expect(Buffer.compare(out, target)).toBe(0);
  return payload.length;
}

describe('encodeBytes', () => {
  it('takes next to nothing for what is there', () => {
    expect(roundTrip(part(0, 1_048_576), [part(0, 1_048_576)])).toBeLessThan(64);
    expect(roundTrip(part(7, 1_048_576), [part(0, 1_500_000)])).toBeLessThan(64);
  });

  it('takes an insertion for what was inserted', () => {
    const target = joined(part(0, 300_000), part(2_000_000, 130), part(300_000, 300_000));
    expect(roundTrip(target, [part(0, 600_000)])).toBeLessThan(130 + 64);
  });

  it('takes a byte changed here and there for little more than where it stands', () => {
    const target = Uint8Array.from(part(0, 400_000));
    for (let at = 13; at < target.length; at += 25) target[at]! += 4;
    expect(roundTrip(target, [part(0, 400_000)])).toBeLessThan(100);
  });

  it('finds parts in any order, in any file', () => {
    const base = [
      part(0, 100_000),
      new Uint8Array(0),
      part(100_000, 65_536),
      part(200_000, 100_000),
      new Uint8Array(0),
    ];
    const target = joined(part(250_000, 50_000), part(100_000, 65_536), part(1, 99_999), part(200_000, 50_000));
    expect(roundTrip(target, base)).toBeLessThan(100);
  });

  it('follows no file into the next one', () => {
    const both = part(0, 131_072);
    const base = [both.subarray(0, 65_536), both.subarray(65_536)];
    expect(roundTrip(both, base)).toBeLessThan(64);
    expect(roundTrip(joined(both, part(500_000, 1000)), base)).toBeLessThan(1100);
  });

  it.each([0, 1, 7, 8, 9, 200])('writes %i bytes', (length) => {
    expect(roundTrip(part(0, length), [part(0, 1000)])).toBeLessThan(length + 12);
  });

  it.each<[string, readonly Uint8Array[]]>([
    ['no base', []],
    ['an empty one', [new Uint8Array(0)]],
    ['a very short one', [part(0, 7)]],
    ['an unrelated one', [part(1_100_000, 300_000)]],
  ])('costs no more than the bytes over %s', (_, base) => {
    expect(roundTrip(part(0, 300_000), base)).toBeLessThan(300_000 + 16);
    expect(roundTrip(new Uint8Array(300_000), base)).toBeLessThan(64);
    expect(roundTrip(Buffer.from('so much text '.repeat(500)), base)).toBeLessThan(100);
  });

  it('finds parts of a base of which not every address is looked up', () => {
    const base = goldenBytes(9_000_000);
    const parts = [base.subarray(8_900_001, 8_950_000), base.subarray(3, 50_000), base.subarray(4_000_001, 4_000_101)];
    expect(roundTrip(joined(...parts), [base.subarray(0, 6_000_000), base.subarray(6_000_000)])).toBeLessThan(64);
  });

  it('is done soon with runs and short patterns', () => {
    const base = joined(new Uint8Array(400_000), Buffer.from('abcd'.repeat(100_000)), new Uint8Array(200_000));
    const target = joined(
      Buffer.from('abcd'.repeat(50_000)),
      new Uint8Array(300_000),
      Buffer.from('bacd'.repeat(50_000)),
    );
    const before = process.cpuUsage();
    expect(roundTrip(target, [base])).toBeLessThan(200);
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  it('says where the base goes on, and starts there', () => {
    const files = filesInMemory(part(0, 10), part(0, 1_000_000));
    const index = runToEnd(BytesIndex.build(files));
    const first = encodeBytes(part(5000, 10_000), index);
    expect(first.next).toEqual({ file: 1, offset: 15_000 });
    const changed = Uint8Array.from(part(15_000, 200), (byte, at) => (at % 5 === 0 ? byte ^ 1 : byte));
    const blind = encodeBytes(changed, index).payload.length;
    expect(encodeBytes(changed, index, first.next).payload.length).toBeLessThan(blind / 2);
    expect(encodeBytes(part(900_000, 100_000), index).next).toEqual({ file: 1, offset: 1_000_000 });
    expect(encodeBytes(part(2_000_000, 1000), index).next).toBeUndefined();
  });

  it('gives the same stream each time', () => {
    const files = filesInMemory(part(0, 100_000));
    const target = Uint8Array.from(part(3, 90_000), (byte, at) => (at % 70 < 3 ? byte + at : byte));
    const payloads = [0, 1].map(() => encodeBytes(target, runToEnd(BytesIndex.build(files))).payload);
    expect(Buffer.compare(payloads[0]!, payloads[1]!)).toBe(0);
    const index = runToEnd(BytesIndex.build(files));
    encodeBytes(part(500_000, 50_000), index);
    expect(Buffer.compare(encodeBytes(target, index).payload, payloads[0]!)).toBe(0);
  });

  it('gives back any edit', () => {
    const edit = fc.record({
      from: fc.nat(100_000),
      length: fc.nat(20_000),
      fresh: fc.uint8Array({ maxLength: 40 }),
      every: fc.integer({ min: 3, max: 500 }),
      by: fc.nat(255),
    });
    const edits = fc.array(edit, { maxLength: 8 });
    fc.assert(
      fc.property(edits, fc.integer({ min: 0, max: 100_000 }), (list, cut) => {
        const parts = list.flatMap(({ from, length, fresh, every, by }) => [
          fresh,
          Uint8Array.from(part(from, length), (byte, at) => (at % every === 0 ? byte + by : byte)),
        ]);
        roundTrip(joined(...parts), [part(0, cut), part(cut, 120_000 - cut)]);
      }),
      { numRuns: 20 },
    );
  });
});
