import { T32 } from './t32.js';
import { bf16Bits, f32Bits, toBytes } from './testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair } from './testing/operation-suite.js';
import { PseudoRandom } from './testing/pseudo-random.js';

const SPECIAL = [
  0,
  2 ** 31,
  1,
  2 ** 31 + 1,
  0x7f800000,
  0xff800000,
  0x7fc00001,
  0xffffffff,
  0x7fffffff,
  0x3f800000,
  0x3f810000,
];

function edges(): Pair {
  const pairs = SPECIAL.flatMap((a) => SPECIAL.map((b) => [a, b] as const));
  return {
    source: toBytes(
      pairs.map(([a]) => a),
      4,
    ),
    target: toBytes(
      pairs.map(([, b]) => b),
      4,
    ),
  };
}

function noise(): Pair {
  const random = new PseudoRandom(8);
  return { source: random.bytes(8000), target: random.bytes(8000) };
}

function tuned(fromBits: (value: number) => number, toBits: (value: number) => number): Pair {
  const random = new PseudoRandom(9);
  const values = Array.from({ length: 6001 }, () => 0.02 * random.normal());
  const target = values.map((value) => toBits(value + 2e-5 * random.normal()));
  return { source: toBytes(values.map(fromBits), 4), target: toBytes(target, 4) };
}

const heldBf16 = (value: number) => bf16Bits(value) * 65_536;

behavesLikeAnOperation(
  T32,
  {
    'special codes to each other': edges,
    noise,
    'a light change': () => tuned(f32Bits, f32Bits),
    'a light change of f32 that holds bf16': () => tuned(heldBf16, heldBf16),
    'rounded to bf16': () => tuned(f32Bits, heldBf16),
    'nothing changed': () => ({ source: noise().source, target: noise().source }),
    'one element': () => ({ source: Uint8Array.of(0, 0, 0, 0x80), target: Uint8Array.of(0, 0, 0, 0) }),
    nothing: () => ({ source: new Uint8Array(0), target: new Uint8Array(0) }),
  },
  {
    'a light change': '4a974e564c9ec877821b2257fd8280d9',
    'rounded to bf16': '53ed80b00d5b8536e69bb1ce8bc70c03',
  },
);
