import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../../../../test/support/golden-stream.js';
import type { BaseBytes } from '../operation.js';
import { type Copy, type FindCopiesOptions, findCopies } from './find-copies.js';
import { filesInMemory } from './testing/files-in-memory.js';
import { runToEnd } from './testing/run-to-end.js';

const golden = goldenBytes(400_000);
const part = (from: number, length: number) => golden.subarray(from, from + length);
const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

function copiesOf(target: readonly Uint8Array[], base: readonly Uint8Array[], options?: FindCopiesOptions) {
  return runToEnd(findCopies(filesInMemory(...target), filesInMemory(...base), options));
}

/** [offset, length, sourceOffset] of each. */
const placesOf = (copies: readonly Copy[]) => copies.map((copy) => [copy.offset, copy.length, copy.sourceOffset]);

function requireTrue(copies: readonly Copy[], target: readonly Uint8Array[], base: readonly Uint8Array[]) {
  let [file, done] = [0, 0];
  for (const copy of copies) {
    if (copy.file !== file) [file, done] = [copy.file, 0];
    expect(copy.offset).toBeGreaterThanOrEqual(done);
    done = copy.offset + copy.length;
    const ours = target[copy.file]!.subarray(copy.offset, done);
    const theirs = base[copy.sourceFile]!.subarray(copy.sourceOffset, copy.sourceOffset + copy.length);
    expect(ours).toHaveLength(copy.length);
    expect(Buffer.compare(ours, theirs)).toBe(0);
  }
}

describe('findCopies', () => {
  it('gives a file that did not change as one run', () => {
    expect(placesOf(copiesOf([golden], [golden]))).toEqual([[0, 400_000, 0]]);
  });

  it('finds the older self of a file under another number, if told', () => {
    const files = [part(0, 50_000), part(50_000, 50_000)];
    const copies = copiesOf(files, [files[1]!, files[0]!], { older: [1, 0] });
    expect(copies.map((copy) => copy.sourceFile)).toEqual([1, 0]);
  });

  it('finds it if not told, and where files are joined and cut anew', () => {
    const target = [part(0, 30_001), part(30_001, 369_999)];
    const base = [part(200_001, 199_999), part(0, 200_001)];
    const copies = copiesOf(target, base);
    requireTrue(copies, target, base);
    expect(copies.map((copy) => [copy.file, copy.sourceFile, copy.length])).toEqual([
      [0, 1, 30_001],
      [1, 1, 170_000],
      [1, 0, 199_999],
    ]);
  });

  it('finds what was moved by an odd number of bytes', () => {
    const target = joined(Buffer.from('new'), part(0, 100_000), Buffer.from('x'), part(100_000, 100_000));
    expect(placesOf(copiesOf([target], [part(0, 200_000)]))).toEqual([
      [3, 100_000, 0],
      [100_004, 100_000, 100_000],
    ]);
  });

  it('finds what was reordered and doubled', () => {
    const target = joined(part(70_001, 30_000), part(0, 70_001), part(70_001, 30_000));
    expect(placesOf(copiesOf([target], [part(0, 100_001)]))).toEqual([
      [0, 30_000, 70_001],
      [30_000, 100_001, 0],
    ]);
  });

  it.each([0, 1, 1023, 2047, 2048, 2049, 12_345])('finds 4,096 bytes that begin at %i of the base', (from) => {
    const base = part(0, 20_000);
    const target = joined(part(300_000, 5001), base.subarray(from, from + 4096), part(310_000, 5001));
    const [copy, ...others] = copiesOf([target], [base]);
    expect(others).toEqual([]);
    expect(copy!.length).toBeGreaterThanOrEqual(4096);
    expect(copy!.offset - copy!.sourceOffset).toBe(5001 - from);
  });

  it('gives no run that is shorter than asked for', () => {
    const target = joined(part(300_000, 5000), part(7, 4095), part(310_000, 5000));
    expect(copiesOf([target], [part(0, 20_000)])).toEqual([]);
    expect(copiesOf([target], [part(0, 20_000)], { leastBytes: 512 })).toHaveLength(1);
  });

  it('goes on behind changed bytes', () => {
    const target = Uint8Array.from(part(0, 100_000));
    target[50_000]! ^= 1;
    expect(placesOf(copiesOf([target], [part(0, 100_000)]))).toEqual([
      [0, 50_000, 0],
      [50_001, 49_999, 50_001],
    ]);
  });

  it('joins a run that is longer than one step', () => {
    const long = new Uint8Array(33_554_432 + 5);
    expect(placesOf(copiesOf([long], [long]))).toEqual([[0, long.length, 0]]);
  });

  it('takes the right one of equal blocks', () => {
    const zeros = new Uint8Array(2048);
    const base = joined(part(0, 2048), zeros, part(2048, 2048), zeros, part(4096, 1500));
    const target = joined(part(300_000, 100), zeros, part(4096, 1500));
    expect(placesOf(copiesOf([target], [base], { leastBytes: 3500 }))).toEqual([[100, 3548, 6144]]);
  });

  it.each<[string, Uint8Array[], Uint8Array[]]>([
    ['nothing', [], [golden]],
    ['empty files', [new Uint8Array(0), new Uint8Array(0)], [new Uint8Array(0)]],
    ['no base', [golden], []],
    ['short files', [part(0, 100)], [part(0, 100)]],
    ['unrelated bytes', [part(0, 200_000)], [part(200_000, 200_000)]],
  ])('finds nothing in %s', (_, target, base) => {
    expect(copiesOf(target, base)).toEqual([]);
  });

  it('holds its index in the memory that it may take', () => {
    const target = joined(part(100_000, 33), part(0, 100_000));
    const copies = copiesOf([target], [part(0, 100_000)], { indexBytes: 4096 });
    expect(placesOf(copies)).toEqual([[33, 100_000, 0]]);
  });

  it('is done soon with a short pattern that is everywhere, and never right', () => {
    const pattern = Buffer.from('ab'.repeat(1500));
    const base = joined(...Array.from({ length: 60 }, (_, index) => joined(pattern, part(index * 50, 1000))));
    const target = joined(...Array.from({ length: 60 }, (_, index) => joined(pattern, part(9000 + index * 50, 900))));
    let reads = 0;
    const files = filesInMemory(base);
    const read: BaseBytes['read'] = (file, offset, into) => {
      reads += 1;
      files.read(file, offset, into);
    };
    runToEnd(findCopies(filesInMemory(target), { sizes: files.sizes, read }));
    expect(reads).toBeLessThan(10_000);
  });

  it('gives true copies of any edit, and covers what was kept, the same each time', () => {
    const edit = fc.record({ from: fc.nat(90_000), length: fc.nat(40_000), fresh: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        const base = [part(0, 65_000), part(65_000, 65_001)];
        const both = joined(...base);
        const parts = edits.flatMap(({ from, length, fresh }, index) => [
          part(200_000 + index * 1000, fresh),
          both.subarray(from, from + length),
        ]);
        const target = [joined(...parts)];
        const copies = copiesOf(target, base, { leastBytes: 1024 });
        requireTrue(copies, target, base);
        expect(copiesOf(target, base, { leastBytes: 1024 })).toEqual(copies);
        const covered = copies.reduce((sum, copy) => sum + copy.length, 0);
        // A kept part may cross the border of the two files, where either side may be too short.
        const most = edits.reduce((sum, { length }) => sum + Math.max(0, length - 2 * 1024), 0);
        expect(covered).toBeGreaterThanOrEqual(most);
      }),
      { numRuns: 40 },
    );
  });
});
