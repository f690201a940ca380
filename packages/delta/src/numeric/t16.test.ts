import { describe, expect, it } from 'vitest';
import { readBlocks } from './payload-blocks.js';
import { CODER } from './symbol-shape.js';
import { bf16Bits, bf16Value, f16Bits, toBytes } from './testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair, payloadOf } from './testing/operation-suite.js';
import { PseudoRandom } from './testing/pseudo-random.js';
import { T16_BF16, T16_F16, trainT16 } from './t16.js';

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

/** Each row of 512 changes by another share: two octaves lie between them. */
function uneven(bits: (value: number) => number, value: (bits: number) => number): Pair {
  const random = new PseudoRandom(16);
  let noise = 1e-2;
  const source = Array.from({ length: 40_960 }, () => bits(0.02 * random.normal()));
  const target = source.map((code, i) => {
    if (i % 512 === 0) noise = 2e-3 * 4 ** (random.word() / 2 ** 31);
    return bits(value(code) + 0.02 * noise * random.normal());
  });
  return { source: toBytes(source, 2), target: toBytes(target, 2) };
}

/** A light change, then a heavy one, as at the border of two tensors. */
function twoKinds(): Pair {
  const parts = [tuned(bf16Bits, 16_384, 1e-3), tuned(bf16Bits, 16_384, 1e-1)] as const;
  return {
    source: Uint8Array.of(...parts[0].source, ...parts[1].source),
    target: Uint8Array.of(...parts[0].target, ...parts[1].target),
  };
}

describe('T16', () => {
  it('codes adaptively where rows change unevenly', () => {
    expect(payloadOf(T16_BF16, uneven(bf16Bits, bf16Value))[0]).toBe(CODER.adaptive);
  });

  it('begins a block where another tensor begins', () => {
    const payload = payloadOf(T16_BF16, twoKinds());
    expect(readBlocks('T16', payload, 32_768).map(({ count }) => count)).toEqual([16_384, 16_384]);
  });

  it('takes seven bytes where nothing changed', () => {
    expect(payloadOf(T16_BF16, equal()).length).toBe(7);
  });

  it('is never larger than the bytes as they are by more than a head', () => {
    const pair = specials();
    expect(payloadOf(T16_BF16, pair).length).toBeLessThanOrEqual(pair.target.length + 7);
  });
});

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

function trained(id: 5 | 6, bits: (value: number) => number): Pair {
  const resource = trainT16(id, [tuned(bits, 6000, 2e-3), tuned(bits, 6000, 1e-3)])!;
  return { ...tuned(bits, 4000, 1.5e-3), resource };
}

describe('trainT16', () => {
  it.each([
    [5, T16_BF16, bf16Bits],
    [6, T16_F16, f16Bits],
  ] as const)('makes small leaves smaller: %s', (id, operation, bits) => {
    const { source, target, resource } = trained(id, bits);
    const withIt = payloadOf(operation, { source, target, resource: resource! }).length;
    expect(withIt).toBeLessThan(0.99 * payloadOf(operation, { source, target }).length);
  });

  it('makes nothing of leaves that do not differ, or of one', () => {
    expect(trainT16(5, [equal(), equal()])).toBeUndefined();
    expect(trainT16(5, [edges()])).toBeUndefined();
  });
});

it('T16 refuses a damaged resource, or reads another one', () => {
  const resource = trained(5, bf16Bits).resource!;
  for (let at = 0; at < resource.length; at++) {
    const damaged = resource.slice();
    damaged[at]! ^= 0x55;
    try {
      T16_BF16.readModel!(damaged);
    } catch (error) {
      expect(error).toMatchObject({ code: 'MALFORMED' });
    }
  }
  for (const bytes of [
    resource.subarray(1),
    resource.subarray(0, -1),
    Uint8Array.of(...resource, 0),
    new Uint8Array(0),
  ]) {
    expect(() => T16_BF16.readModel!(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  }
});

behavesLikeAnOperation(
  T16_BF16,
  {
    ...shared,
    'by trained tables': () => trained(5, bf16Bits),
    'rows that change unevenly': () => uneven(bf16Bits, bf16Value),
    'two kinds of change': twoKinds,
    'by tables trained for other codes': () => ({ ...edges(), resource: trained(5, bf16Bits).resource! }),
    'a light change': () => tuned(bf16Bits, 6001, 1e-3),
    'a heavy change': () => tuned(bf16Bits, 6000, 1e-1),
  },
  {
    'all codes to their neighbors': '836e2fd8bc732b860793b549cc2b2311',
    'a light change': '2bd8184a9295e3c3e02f394010ea92da',
    'by trained tables': '0f1b1b8cd160f362fb34cc8dadd63742',
    'rows that change unevenly': 'e48555ab03a4ae31489f414091e8562f',
    'two kinds of change': 'eb761fb921734f4a222a3470bd90fb4c',
  },
);
behavesLikeAnOperation(
  T16_F16,
  {
    ...shared,
    'by trained tables': () => trained(6, f16Bits),
    'a light change': () => tuned(f16Bits, 6001, 1e-3),
    'a heavy change': () => tuned(f16Bits, 6000, 1e-1),
  },
  {
    'all codes to their neighbors': '836e2fd8bc732b860793b549cc2b2311',
    'a heavy change': 'afa5703b80a92a83bca66dfe809b5bfa',
    'by trained tables': '7381ed204b2c6e21b7e163ab91a891a6',
  },
);
