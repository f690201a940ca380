import { expect, it } from 'vitest';
import { CODER } from './symbol-shape.js';
import { T8 } from './t8.js';
import { behavesLikeAnOperation, type Pair, payloadOf } from './testing/operation-suite.js';
import { PseudoRandom } from './testing/pseudo-random.js';

function all(): Pair {
  const target = Uint8Array.from({ length: 65_536 }, (_, i) => i >>> 8);
  return { source: Uint8Array.from({ length: 65_536 }, (_, i) => i), target };
}

function tuned(): Pair {
  const random = new PseudoRandom(10);
  const source = Uint8Array.from({ length: 9001 }, () =>
    Math.max(-127, Math.min(127, Math.round(30 * random.normal()))),
  );
  return { source, target: source.map((value) => value + Math.round(1.2 * random.normal())) };
}

/** Each row of 256 changes by another share. */
function uneven(): Pair {
  const random = new PseudoRandom(17);
  let noise = 1;
  const source = Uint8Array.from({ length: 32_768 }, () =>
    Math.max(-127, Math.min(127, Math.round(30 * random.normal()))),
  );
  const target = source.map((value, i) => {
    if (i % 256 === 0) noise = 0.4 * 8 ** (random.word() / 2 ** 32);
    return value + Math.round(noise * random.normal());
  });
  return { source, target };
}

it('T8 codes adaptively where rows change unevenly', () => {
  expect(payloadOf(T8, uneven())[0]).toBe(CODER.adaptive);
});

behavesLikeAnOperation(
  T8,
  {
    'all bytes to all bytes': all,
    'a light change': tuned,
    'rows that change unevenly': uneven,
    noise: () => ({ source: new PseudoRandom(11).bytes(10_000), target: new PseudoRandom(12).bytes(10_000) }),
    'nothing changed': () => ({ source: all().source, target: all().source }),
    'one element': () => ({ source: Uint8Array.of(1), target: Uint8Array.of(0) }),
    nothing: () => ({ source: new Uint8Array(0), target: new Uint8Array(0) }),
  },
  {
    'a light change': 'b1d620f2e4e5cf9f6643ab02352d87ff',
    'rows that change unevenly': '7476008d77c4ac299719c222522d129c',
  },
);
