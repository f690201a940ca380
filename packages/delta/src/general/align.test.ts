import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../../../../test/support/golden-stream.js';
import { alignToBase } from './align.js';
import { BytesIndex } from './bytes-index.js';
import type { Alignment } from './reach.js';
import { filesInMemory } from './testing/files-in-memory.js';
import { runToEnd } from './testing/run-to-end.js';

const golden = goldenBytes(20_000);
const part = (from: number, length: number) => golden.subarray(from, from + length);
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

function alignmentsOf(target: Uint8Array, base: Uint8Array): readonly Alignment[] {
  return alignToBase(target, runToEnd(BytesIndex.build(filesInMemory(base))));
}

describe('alignToBase', () => {
  it('reaches over changed bytes, from both sides', () => {
    const target = Uint8Array.from(part(0, 5000), (byte, at) => (at % 9 === 5 ? byte + 1 : byte));
    target.set(part(3000, 100), 3000);
    expect(alignmentsOf(target, part(0, 5000))).toEqual([{ at: 0, length: 5000, address: 0 }]);
  });

  it('gives bytes that fit both sides to one of them, and leaves none between', () => {
    const shared = part(9000, 20);
    const base = joined(part(0, 1000), shared, part(2000, 1000), part(4000, 500), shared, part(6000, 1000));
    const target = joined(part(0, 1000), shared, part(6000, 1000));
    const alignments = alignmentsOf(target, base);
    expect(alignments).toHaveLength(2);
    const [first, second] = alignments as [Alignment, Alignment];
    expect(second.at).toBe(first.at + first.length);
    expect([first.at, first.address]).toEqual([0, 0]);
    expect(second.at + second.length).toBe(target.length);
    expect(second.address - second.at).toBe(2520 - 1000);
  });

  it('cuts where fewest bytes differ', () => {
    const shared = part(9000, 40);
    const but = (at: number) => Uint8Array.from(shared, (byte, index) => (index === at ? byte + 1 : byte));
    const base = joined(part(0, 1000), but(30), part(2000, 1000), part(4000, 500), but(5), part(6000, 1000));
    const [first, second] = alignmentsOf(joined(part(0, 1000), shared, part(6000, 1000)), base);
    expect(first).toEqual({ at: 0, length: 1006, address: 0 });
    expect(second).toEqual({ at: 1006, length: 1034, address: 2546 });
  });

  it('leaves what the base does not have', () => {
    const target = joined(part(0, 1000), part(10_000, 500), part(1000, 1000));
    const alignments = alignmentsOf(target, part(0, 2000));
    const covered = alignments.reduce((sum, { length }) => sum + length, 0);
    expect(alignments).toHaveLength(2);
    expect(covered).toBeGreaterThanOrEqual(2000);
    expect(covered).toBeLessThan(2010);
    expect(alignmentsOf(part(10_000, 5000), part(0, 5000))).toEqual([]);
    expect(alignmentsOf(target, new Uint8Array(0))).toEqual([]);
  });
});
