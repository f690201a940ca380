import { isWeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import { bf16Bits, bf16Value, f16Bits, toBytes } from '../numeric/testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair } from '../numeric/testing/operation-suite.js';
import { PseudoRandom } from '../numeric/testing/pseudo-random.js';
import type { Operation } from '../operation.js';
import { type ChannelScales, SCALES, writeChannelScales } from './channel-scales.js';
import { fitScales } from './fit-scales.js';
import { F16 } from './float16-kind.js';
import { T16S_BF16, T16S_F16 } from './t16s.js';

const ALL_CODES = Array.from({ length: 65_536 }, (_, code) => code);
const ROWS = 48;
const COLUMNS = 200;

function scalesOf(count: number, seed: number): Float32Array {
  const random = new PseudoRandom(seed);
  return Float32Array.from({ length: count }, () => 1 + Math.round(1000 * random.normal()) / 16_384);
}

/** A tensor whose channels are scaled, and then moved by rows and columns in different measure. */
function scaled(bits: (value: number) => number, along: 1 | 2, noise: number): Pair {
  const random = new PseudoRandom(5);
  const scales = scalesOf(along === SCALES.byRow ? ROWS : COLUMNS, 6);
  const values = Array.from({ length: ROWS * COLUMNS }, () => 0.05 * random.normal());
  const target = values.map((value, i) => {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    const scale = scales[along === SCALES.byRow ? row : column]!;
    return bits(value * scale + noise * ((row % 7) + 1) * ((column % 5) + 1) * random.normal());
  });
  const resource = writeChannelScales({ rows: ROWS, columns: COLUMNS, along, scales }, 14);
  return { source: toBytes(values.map(bits), 2), target: toBytes(target, 2), resource };
}

/** Every code meets every kind of other: NaN payloads, −0, infinities and subnormal numbers. */
function specials(along: 0 | 1 | 2): Pair {
  const random = new PseudoRandom(1);
  const shuffled = ALL_CODES.map((code) => ({ code, key: random.word() })).sort((a, b) => a.key - b.key);
  const scales = scalesOf(along === SCALES.none ? 0 : 256, 2);
  const resource = writeChannelScales({ rows: 256, columns: 256, along, scales }, 14);
  return {
    source: toBytes(ALL_CODES, 2),
    target: toBytes(
      shuffled.map(({ code }) => code),
      2,
    ),
    resource,
  };
}

function neighbors(): Pair {
  const random = new PseudoRandom(2);
  const target = ALL_CODES.map((code) => (code + random.integer(5) - 2) & 0xffff);
  return { source: toBytes(ALL_CODES, 2), target: toBytes(target, 2), resource: specials(0).resource! };
}

function pairsOf(bits: (value: number) => number): Record<string, () => Pair> {
  return {
    'scaled by row': () => scaled(bits, SCALES.byRow, 0.0002),
    'scaled by column': () => scaled(bits, SCALES.byColumn, 0.0002),
    'all codes, no scales': () => specials(SCALES.none),
    'all codes, by row': () => specials(SCALES.byRow),
    'near neighbors': neighbors,
  };
}

behavesLikeAnOperation(T16S_F16, pairsOf(f16Bits), {
  'scaled by row': '06d1b6fc3256d61f5b8adfdf7bdc655d',
  'scaled by column': '4b0dec3660e0af1b40bb212ef1899a91',
  'near neighbors': '90a9031b2edb429c6079b51d2e7d3fbb',
});
behavesLikeAnOperation(T16S_BF16, pairsOf(bf16Bits), {
  'scaled by row': 'd640e0a9784c397f4995899af2671898',
  'scaled by column': '3c5e7e918291236c2268487ffd765b26',
  'near neighbors': '8d9a8a7a6091fde082491b749e211a3b',
});

function roundTrip(operation: Operation<ChannelScales>, pair: Pair, cut: number): number {
  const model = operation.readModel!(pair.resource!);
  let bytes = 0;
  for (const [from, to] of [
    [0, cut],
    [cut, pair.target.length],
  ] as const) {
    const input = { source: pair.source.subarray(from, to), model, first: from / 2 };
    const payload = operation.encode(pair.target.subarray(from, to), input);
    const out = new Uint8Array(to - from);
    operation.decode(payload, input, out);
    expect(Buffer.compare(out, pair.target.subarray(from, to))).toBe(0);
    bytes += payload.length;
  }
  return bytes;
}

describe('T16S', () => {
  it.each([2, 2 * COLUMNS, 2 * COLUMNS * 7, 2 * (COLUMNS * 9 + 33)])(
    'takes tensors in parts, cut at byte %i',
    (cut) => {
      roundTrip(T16S_F16, scaled(f16Bits, SCALES.byRow, 0.0002), cut);
      roundTrip(T16S_BF16, scaled(bf16Bits, SCALES.byColumn, 0.0002), cut);
    },
  );

  it('predicts channels that were scaled: less than a sixteenth of a bit a weight is left', () => {
    const random = new PseudoRandom(3);
    const codes = Array.from({ length: ROWS * COLUMNS }, () => bf16Bits(random.normal()));
    const scales = scalesOf(ROWS, 4);
    const target = codes.map((code, i) => bf16Bits(bf16Value(code) * scales[Math.floor(i / COLUMNS)]!));
    const pair = { source: toBytes(codes, 2), target: toBytes(target, 2) };
    const resource = writeChannelScales({ rows: ROWS, columns: COLUMNS, along: SCALES.byRow, scales }, 14);
    expect(roundTrip(T16S_BF16, { ...pair, resource }, 2 * COLUMNS)).toBeLessThan((ROWS * COLUMNS) / 128);
  });

  it('rounds to nearest even at every border of f16', () => {
    const float = new Float32Array(1);
    const bits = new Int32Array(float.buffer);
    for (let code = 0; code < 0x7bff; code++) {
      const [low, high] = [F16.values[code]!, F16.values[code + 1]!];
      float[0] = (low + high) / 2;
      const rounded = [bits[0]! - 1, bits[0]!, bits[0]! + 1].map(F16.round).join();
      const expected = [code, code & 1 ? code + 1 : code, code + 1].join();
      if (rounded !== expected) expect(rounded).toBe(expected);
    }
  });
});

describe('fitScales', () => {
  it.each([SCALES.byRow, SCALES.byColumn])('finds the axis: %i', (along) => {
    const pair = scaled(f16Bits, along, 0.00002);
    const found = T16S_F16.readModel!(fitScales(9, pair.target, pair.source, [ROWS, COLUMNS])!);
    expect(found.along).toBe(along);
    const made = T16S_F16.readModel!(pair.resource!).scales;
    const off = found.scales.map((scale, i) => Math.abs(scale - made[i]!));
    expect(Math.max(...off)).toBeLessThan(0.01);
  });

  it('gives no scales to what was not scaled', () => {
    const pair = neighbors();
    const model = T16S_BF16.readModel!(fitScales(10, pair.target, pair.source, [256, 256])!);
    expect(model.along).toBe(SCALES.none);
    expect(fitScales(10, pair.target, pair.source.subarray(2), [256, 256])).toBeUndefined();
    expect(fitScales(10, pair.target, pair.source, [255, 257])).toBeUndefined();
  });
});

describe('a resource of T16S', () => {
  const good = scaled(f16Bits, SCALES.byRow, 0).resource!;
  const outcome = (resource: Uint8Array): string => {
    try {
      T16S_F16.readModel!(resource);
      return 'read';
    } catch (error) {
      if (isWeighbridgeError(error)) return error.code;
      throw error;
    }
  };
  const shape = (along: number, ...varints: number[][]): Uint8Array => Uint8Array.of(along, ...varints.flat());
  const large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];

  it('is read whole', () => {
    expect(outcome(good)).toBe('read');
    for (let length = 0; length < good.length; length++) expect(outcome(good.subarray(0, length))).toBe('MALFORMED');
    expect(outcome(Uint8Array.of(...good, 0))).toBe('MALFORMED');
    expect(outcome(shape(0, [4], [4], [0]))).toBe('MALFORMED');
  });

  it.each([
    ['a shape without rows', shape(0, [0], [4]), 'MALFORMED'],
    ['a shape without columns', shape(0, [4], [0]), 'MALFORMED'],
    ['more elements than can be counted', shape(0, large, [4]), 'MALFORMED'],
    ['an unknown axis', shape(3, [4], [4], [14], [0, 0, 0, 0]), 'MALFORMED'],
    ['finer scales than there are', shape(1, [4], [4], [21], [0, 0, 0, 0]), 'MALFORMED'],
    ['too many columns', shape(0, [4], [0x81, 0x80, 0x20]), 'LIMIT'],
    ['too many channels', shape(1, [0x81, 0x80, 0x40], [1], [14], [0, 0, 0, 0]), 'LIMIT'],
  ])('is refused before anything is allocated: %s', (_, resource, code) => {
    expect(outcome(resource)).toBe(code);
  });

  it('holds scales that are finite alone', () => {
    const infinite = writeChannelScales(
      { rows: 1, columns: 1, along: SCALES.byRow, scales: Float32Array.of(Number.POSITIVE_INFINITY) },
      14,
    );
    expect(outcome(infinite)).toBe('MALFORMED');
  });

  it('covers the elements that it predicts', () => {
    const pair = scaled(f16Bits, SCALES.byRow, 0);
    const input = { source: pair.source, model: T16S_F16.readModel!(pair.resource!), first: 0 };
    const payload = T16S_F16.encode(pair.target, input);
    const decode = (first: number) => () =>
      T16S_F16.decode(payload, { ...input, first }, new Uint8Array(pair.target.length));
    expect(decode(0)).not.toThrow();
    expect(decode(1)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });
});
