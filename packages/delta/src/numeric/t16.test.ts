import { bf16Bits, f16Bits, toBytes } from './testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair } from './testing/operation-suite.js';
import { PseudoRandom } from './testing/pseudo-random.js';
import { T16_BF16, T16_F16 } from './t16.js';

const ALL_CODES = Array.from({ length: 65_536 }, (_, code) => code);

/** The second of each pair leads over all 65,536 codes in an order of its own, NaN payloads, −0 and infinities among them. */
function specials(): Pair {
  const random = new PseudoRandom(1);
  const shuffled = ALL_CODES.map((code) => ({ code, key: random.word() })).sort((a, b) => a.key - b.key);
  return {
    source: toBytes(ALL_CODES, 2),
    target: toBytes(
      shuffled.map(({ code }) => code),
      2,
    ),
  };
}

function neighbors(): Pair {
  const random = new PseudoRandom(2);
  return {
    source: toBytes(ALL_CODES, 2),
    target: toBytes(
      ALL_CODES.map((code) => (code + random.integer(5) - 2) & 0xffff),
      2,
    ),
  };
}

function edges(): Pair {
  const codes = [0, 0x8000, 1, 0x8001, 0x7f80, 0xff80, 0x7fc1, 0xffff, 0x7fff, 0x7c00, 0xfc00, 0x3f80];
  const pairs = codes.flatMap((a) => codes.map((b) => [a, b] as const));
  return {
    source: toBytes(
      pairs.map(([a]) => a),
      2,
    ),
    target: toBytes(
      pairs.map(([, b]) => b),
      2,
    ),
  };
}

function tuned(bits: (value: number) => number, count: number, noise: number): Pair {
  const random = new PseudoRandom(3);
  const values = Array.from({ length: count }, () => 0.02 * random.normal());
  const target = values.map((value) => bits(value + 0.02 * noise * random.normal()));
  return { source: toBytes(values.map(bits), 2), target: toBytes(target, 2) };
}

function equal(): Pair {
  const source = toBytes(ALL_CODES, 2);
  return { source, target: source.slice() };
}

const shared = {
  'all codes to all codes': specials,
  'all codes to their neighbors': neighbors,
  'special codes to each other': edges,
  'nothing changed': equal,
  'one element': () => ({ source: Uint8Array.of(0, 0x80), target: Uint8Array.of(0xff, 0x7f) }),
  nothing: () => ({ source: new Uint8Array(0), target: new Uint8Array(0) }),
};

behavesLikeAnOperation(
  T16_BF16,
  {
    ...shared,
    'a light change': () => tuned(bf16Bits, 20_001, 1e-3),
    'a heavy change': () => tuned(bf16Bits, 20_000, 1e-1),
  },
  {},
);
behavesLikeAnOperation(
  T16_F16,
  {
    ...shared,
    'a light change': () => tuned(f16Bits, 20_001, 1e-3),
    'a heavy change': () => tuned(f16Bits, 20_000, 1e-1),
  },
  {},
);
