import { describe, expect, it } from 'vitest';
import { PLANES16, PLANES32 } from './planes.js';
import { bf16Bits, f16Bits, f32Bits, toBytes } from './testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair, payloadOf } from './testing/operation-suite.js';
import { PseudoRandom } from './testing/pseudo-random.js';

const NONE = new Uint8Array(0);
const alone = (target: Uint8Array): Pair => ({ source: NONE, target });

function weights(bits: (value: number) => number, width: 2 | 4, count: number): Pair {
  const random = new PseudoRandom(4);
  return alone(
    toBytes(
      Array.from({ length: count }, () => bits(0.02 * random.normal())),
      width,
    ),
  );
}

const heldBf16 = (value: number) => bf16Bits(value) * 65_536;
const share = (operation: typeof PLANES16, pair: Pair) => payloadOf(operation, pair).length / pair.target.length;

describe('PLANES', () => {
  it.each([
    ['bf16', PLANES16, weights(bf16Bits, 2, 100_000), 0.665],
    ['f16', PLANES16, weights(f16Bits, 2, 100_000), 0.88],
    ['f32', PLANES32, weights(f32Bits, 4, 100_000), 0.83],
    ['f32 that holds bf16', PLANES32, weights(heldBf16, 4, 100_000), 0.333],
    ['zeros', PLANES16, alone(new Uint8Array(100_000)), 0.001],
  ] as const)('makes normal weights smaller: %s', (_name, operation, pair, most) => {
    expect(share(operation, pair)).toBeLessThan(most);
  });

  it('costs a few bytes where nothing helps', () => {
    const noise = alone(new PseudoRandom(5).bytes(100_000));
    for (const operation of [PLANES16, PLANES32]) {
      expect(payloadOf(operation, noise).length).toBeLessThan(100_000 + 16);
    }
  });
});

const shared = {
  nothing: () => alone(NONE),
  zeros: () => alone(new Uint8Array(40_000)),
  noise: () => alone(new PseudoRandom(6).bytes(8000)),
};
behavesLikeAnOperation(
  PLANES16,
  {
    ...shared,
    'all codes': () =>
      alone(
        toBytes(
          Array.from({ length: 65_536 }, (_, code) => code),
          2,
        ),
      ),
    'special codes': () => alone(toBytes([0, 0x8000, 1, 0x8001, 0x7f80, 0xff80, 0x7fc1, 0xffff, 0x7c00, 0xfc01], 2)),
    bf16: () => weights(bf16Bits, 2, 6001),
    f16: () => weights(f16Bits, 2, 6000),
    'one element': () => alone(Uint8Array.of(0, 0x80)),
  },
  {
    bf16: '11312288d524f7cd1890a38e508084be',
    f16: '36a2ac25deba80448d0132969b8f820b',
    'all codes': '69de3e1679ebc6d9a1195c37982e9d69',
  },
);
behavesLikeAnOperation(
  PLANES32,
  {
    ...shared,
    'special codes': () =>
      alone(toBytes([0, 2 ** 31, 1, 2 ** 31 + 1, 0x7f800000, 0xff800000, 0x7fc00001, 0xffffffff], 4)),
    f32: () => weights(f32Bits, 4, 6001),
    'f32 that holds bf16': () => weights(heldBf16, 4, 6000),
    'one element': () => alone(Uint8Array.of(0, 0, 0, 0x80)),
  },
  {
    f32: '11b2ab7ad846f3f7bf8a725bfe2debbc',
    'f32 that holds bf16': '359ac8a7eefca26bec33c7d2f139dd2f',
  },
);
