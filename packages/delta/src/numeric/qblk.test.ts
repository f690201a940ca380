import { describe, expect, it } from 'vitest';
import { QBLK_Q4_0, QBLK_Q8_0 } from './qblk.js';
import { f16Bits } from './testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair, payloadOf } from './testing/operation-suite.js';
import { PseudoRandom } from './testing/pseudo-random.js';

/** GGUF's quantizers, as far as these tests need them. */
function q8Block(weights: readonly number[]): number[] {
  const scale = Math.max(...weights.map(Math.abs)) / 127;
  const bits = f16Bits(scale);
  return [bits & 255, bits >>> 8, ...weights.map((weight) => Math.round(weight / scale) & 255)];
}

function q4Block(weights: readonly number[]): number[] {
  const largest = weights.reduce((most, weight) => (Math.abs(weight) > Math.abs(most) ? weight : most), 0);
  const bits = f16Bits(largest / -8);
  const codes = weights.map((weight) => Math.min(15, Math.floor((weight * -8) / largest + 8.5)));
  return [bits & 255, bits >>> 8, ...codes.slice(0, 16).map((code, i) => code | (codes[i + 16]! << 4))];
}

function tuned(quantize: (weights: readonly number[]) => number[], blocks: number, noise: number): Pair {
  const random = new PseudoRandom(13);
  const source: number[] = [];
  const target: number[] = [];
  for (let block = 0; block < blocks; block++) {
    const weights = Array.from({ length: 32 }, () => 0.02 * random.normal());
    source.push(...quantize(weights));
    target.push(...quantize(weights.map((weight) => weight + 0.02 * noise * random.normal())));
  }
  return { source: Uint8Array.from(source), target: Uint8Array.from(target) };
}

const cut = ({ source, target }: Pair, from: number, to: number): Pair => ({
  source: source.subarray(from, target.length - to),
  target: target.subarray(from, target.length - to),
});
const noise = (length: number): Pair => ({
  source: new PseudoRandom(14).bytes(length),
  target: new PseudoRandom(15).bytes(length),
});

describe('QBLK', () => {
  it.each([
    ['q8_0', QBLK_Q8_0, () => tuned(q8Block, 4000, 1e-2), 0.28],
    ['q4_0', QBLK_Q4_0, () => tuned(q4Block, 4000, 1e-2), 0.12],
  ] as const)('takes few bytes for a light change of %s', (_name, operation, make, most) => {
    const pair = make();
    expect(payloadOf(operation, pair).length / pair.target.length).toBeLessThan(most);
  });

  it('finds the blocks where a part begins inside of one', () => {
    const whole = tuned(q8Block, 1000, 1e-2);
    const size = payloadOf(QBLK_Q8_0, whole).length;
    for (const from of [1, 2, 17, 33]) expect(payloadOf(QBLK_Q8_0, cut(whole, from, 7)).length).toBeLessThan(size + 80);
  });
});

/** Scales of all kinds: zeros, −0, infinities, NaN, subnormals; codes of all kinds. */
function oddScales(bytes: number): Pair {
  const scales = [0, 0x8000, 0x7c00, 0xfc00, 0x7e01, 0xffff, 1, 0x8001, 0x3c00, 0x7bff];
  const pair = { source: noise(100 * bytes).source, target: noise(100 * bytes).target };
  for (let block = 0; block < 100; block++) {
    for (const [side, scale] of [
      [pair.source, scales[block % 10]!],
      [pair.target, scales[Math.floor(block / 10)]!],
    ] as const) {
      side.set([scale & 255, scale >>> 8], block * bytes);
    }
  }
  return pair;
}

const GOLDEN_Q8_0 = {
  'a light change': '84d1f6b521c0002247ec8279dc3ddf28',
  'cut inside of blocks': '6f18a03640efb476c77eafd228f6ae82',
};
const GOLDEN_Q4_0 = {
  'a light change': 'e10dea0822d5fa75b4615a70f69a3b81',
  'odd scales': '049f75346fbf7f2ddcc861cb91cd180c',
};

for (const [operation, quantize, bytes, golden] of [
  [QBLK_Q8_0, q8Block, 34, GOLDEN_Q8_0],
  [QBLK_Q4_0, q4Block, 18, GOLDEN_Q4_0],
] as const) {
  behavesLikeAnOperation(
    operation,
    {
      'a light change': () => tuned(quantize, 300, 1e-2),
      'a heavy change': () => tuned(quantize, 300, 0.3),
      'cut inside of blocks': () => cut(tuned(quantize, 300, 1e-2), 5, 9),
      'odd scales': () => oddScales(bytes),
      noise: () => noise(5000),
      'less than a block': () => noise(7),
      'nothing changed': () => ({ source: noise(3400).source, target: noise(3400).source }),
      nothing: () => noise(0),
    },
    golden,
  );
}
