import type { Tensor } from '@weighbridge/core/tensor';
import { describe, expect, test } from 'vitest';
import { correlation } from './correlation.js';
import { matchTensors } from './match-tensors.js';
import { placedTensors, type Side } from './side.js';

interface Named {
  readonly name: string;
  readonly values: readonly number[];
  readonly shape?: readonly number[];
}

/** One file of f32 tensors, end to end. */
function sideOf(tensors: readonly Named[]): Side {
  const bytes = new Uint8Array(Float32Array.from(tensors.flatMap(({ values }) => values)).buffer);
  let offset = 0;
  const table = tensors.map(({ name, values, shape }): Tensor => {
    offset += values.length * 4;
    return {
      name,
      dtype: 'f32',
      shape: shape ?? [values.length],
      offset: offset - values.length * 4,
      length: values.length * 4,
    };
  });
  return {
    files: [{ path: 'model', tensors: { format: 'test', tensors: table } }],
    bytes: { sizes: [bytes.length], read: (_file, from, into) => into.set(bytes.subarray(from, from + into.length)) },
  };
}

/** Not random: each call gives other values, of the same size. */
const values = (seed: number, count = 512): number[] =>
  Array.from({ length: count }, (_, index) => Math.sin((index + 1) * (seed + 1) * 1.7) + Math.cos(index * seed * 0.31));
const nearly = (list: readonly number[]): number[] => list.map((value, index) => value + 0.01 * Math.sin(index * 7));

function matched(target: Side, base: Side): Record<string, string> {
  const matches = matchTensors(target, placedTensors(target), base);
  return Object.fromEntries([...matches.values()].map((match) => [match.target.name, match.base.name]));
}

describe('tensors are matched', () => {
  const [a, b, c] = [values(1), values(2), values(3)];

  test('by name', () => {
    const base = sideOf([
      { name: 'a', values: a },
      { name: 'b', values: b },
    ]);
    expect(
      matched(
        sideOf([
          { name: 'b', values: nearly(b) },
          { name: 'a', values: nearly(a) },
        ]),
        base,
      ),
    ).toEqual({
      a: 'a',
      b: 'b',
    });
  });

  test('by content, whatever they are called', () => {
    const base = sideOf([
      { name: 'a', values: a },
      { name: 'b', values: b },
      { name: 'c', values: c },
    ]);
    const target = sideOf([
      { name: 'a', values: c },
      { name: 'x', values: a },
      { name: 'y', values: a },
    ]);
    expect(matched(target, base)).toEqual({ a: 'c', x: 'a', y: 'a' });
  });

  test('by what they correlate with, when names and order are others', () => {
    const base = sideOf([
      { name: 'a', values: a },
      { name: 'b', values: b },
      { name: 'c', values: c },
    ]);
    const target = sideOf([
      { name: 'x', values: nearly(c) },
      { name: 'y', values: nearly(b) },
      { name: 'z', values: nearly(a) },
    ]);
    expect(matched(target, base)).toEqual({ x: 'c', y: 'b', z: 'a' });
  });

  test('by the rows that both have', () => {
    const base = sideOf([{ name: 'a', values: a, shape: [8, 64] }]);
    const target = sideOf([{ name: 'a', values: [...nearly(a), ...values(9, 128)], shape: [10, 64] }]);
    const [match] = matchTensors(target, placedTensors(target), base).values();
    expect(match?.length).toBe(8 * 64 * 4);
  });

  test('with none, when nothing is like them', () => {
    const base = sideOf([{ name: 'a', values: a }]);
    expect(matched(sideOf([{ name: 'b', values: values(5, 100) }]), base)).toEqual({});
  });

  test('not by zeros', () => {
    const zeros = new Array<number>(512).fill(0);
    const base = sideOf([
      { name: 'a', values: zeros },
      { name: 'b', values: b },
    ]);
    const target = sideOf([{ name: 'other', values: new Array<number>(300).fill(0) }]);
    expect(matched(target, base)).toEqual({});
  });
});

describe('correlation', () => {
  const bytesOf = (list: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(list).buffer);

  test('is 1 for a multiple, near 0 for what has nothing to do with it, 0 for constants', () => {
    const list = values(4);
    expect(correlation('f32', bytesOf(list), bytesOf(list.map((value) => -3 * value)))).toBeCloseTo(1, 5);
    expect(correlation('f32', bytesOf(list), bytesOf(values(8)))).toBeLessThan(0.2);
    expect(correlation('f32', bytesOf(list), bytesOf(list.map(() => 2)))).toBe(0);
  });

  test('passes over what is no number, and types that nobody knows are bytes', () => {
    const list = values(4);
    const odd = list.map((value, index) => (index === 3 ? Number.NaN : index === 4 ? Number.POSITIVE_INFINITY : value));
    expect(correlation('f32', bytesOf(odd), bytesOf(list))).toBeCloseTo(1, 5);
    expect(correlation('toString', bytesOf(list), bytesOf(list))).toBeCloseTo(1, 5);
  });
});
