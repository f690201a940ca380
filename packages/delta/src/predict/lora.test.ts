import { isWeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import { bf16Bits, f16Bits, f32Bits, toBytes } from '../numeric/testing/float-bytes.js';
import { behavesLikeAnOperation, type Pair } from '../numeric/testing/operation-suite.js';
import { PseudoRandom } from '../numeric/testing/pseudo-random.js';
import type { Operation } from '../operation.js';
import { LORA_BF16, LORA_F16, LORA_F32 } from './lora.js';
import { RECIPES } from './lora-recipe.js';
import { writeLora } from './lora-resource.js';
import type { LoraModel } from './merge-rows.js';
import { mergedBy } from './testing/merged-by.js';

const ROWS = 24;
const COLUMNS = 100;
const RANK = 4;
const FLOATS = { left: { places: 23 }, right: { places: 23 } };

function modelOf(recipe: number, scale = 1.7): LoraModel {
  const random = new PseudoRandom(11);
  const fill = (length: number, width: number): Float32Array =>
    Float32Array.from({ length }, () => width * random.normal());
  return {
    recipe,
    rows: ROWS,
    columns: COLUMNS,
    rank: RANK,
    scale,
    left: fill(ROWS * RANK, 0.1),
    right: fill(RANK * COLUMNS, 0.02),
  };
}

interface Width {
  readonly operation: Operation<LoraModel>;
  readonly width: 2 | 4;
  readonly bits: (value: number) => number;
}

const BF16: Width = { operation: LORA_BF16, width: 2, bits: bf16Bits };
const F16: Width = { operation: LORA_F16, width: 2, bits: f16Bits };
const F32: Width = { operation: LORA_F32, width: 4, bits: f32Bits };

function base({ bits }: Width): number[] {
  const random = new PseudoRandom(12);
  return Array.from({ length: ROWS * COLUMNS }, () => bits(0.05 * random.normal()) >>> 0);
}

/** Merged by a second implementation, and then perhaps changed. */
function merged(width: Width, recipe: number, change = (code: number, _: number) => code): Pair {
  const model = modelOf(recipe);
  const codes = base(width);
  const target = mergedBy(model, codes, width.operation.id).map(change);
  return {
    source: toBytes(codes, width.width),
    target: toBytes(target, width.width),
    resource: writeLora(model, FLOATS),
  };
}

/** NaN payloads, infinities, −0 and subnormal numbers on either side. */
function specials(width: Width): Pair {
  const shift = width.width === 4 ? 16 : 0;
  const codes = [0, 0x8000, 1, 0x8001, 0x7c00, 0xfc00, 0x7c01, 0x7f80, 0xff80, 0x7fc1, 0xffff, 0x7fff, 0x0080, 0x3f80];
  const all = Array.from({ length: ROWS * COLUMNS }, (_, i) => (codes[i % codes.length]! << shift) >>> 0);
  const target = all.map((_, i) => (codes[Math.floor(i / 5) % codes.length]! << shift) >>> 0);
  return {
    source: toBytes(all, width.width),
    target: toBytes(target, width.width),
    resource: writeLora(modelOf(0), FLOATS),
  };
}

function noise(width: Width): Pair {
  const random = new PseudoRandom(13);
  const length = ROWS * COLUMNS * width.width;
  return { source: random.bytes(length), target: random.bytes(length), resource: writeLora(modelOf(4), FLOATS) };
}

function pairsOf(width: Width): Record<string, () => Pair> {
  const last = width.width === 4 ? 0xffffffff : 0xffff;
  return {
    'as merged': () => merged(width, 0),
    'a neighbor now and then': () => merged(width, 1, (code, i) => (i % 50 === 7 ? code ^ 1 : code)),
    'a few far off': () => merged(width, 5, (code, i) => (i % 200 === 9 ? (code ^ last) >>> 0 : code)),
    'special values': () => specials(width),
    noise: () => noise(width),
  };
}

behavesLikeAnOperation(LORA_BF16, pairsOf(BF16), {
  'a neighbor now and then': 'a5ac2954bcc755c2c572d26108a67b7d',
  'special values': '8b1f0a3862179958320ed34d11c64a0c',
});
behavesLikeAnOperation(LORA_F16, pairsOf(F16), {
  'a neighbor now and then': '76fccf8744f5da571dcad7d80f261059',
  'special values': '0d02bacfe07a42a4a2156fa919a4e667',
});
behavesLikeAnOperation(LORA_F32, pairsOf(F32), {
  'a neighbor now and then': '01fed06def239736680acf747c3a2ccb',
  'special values': '26f6769274af6fe93f5b92e64aea777f',
});

describe('LORA', () => {
  const recipes = Array.from({ length: RECIPES }, (_, recipe) => recipe);
  const widths = [BF16, F16, F32];

  it.each(widths.flatMap((width) => recipes.map((recipe) => [width.operation.name, recipe, width] as const)))(
    '%s, recipe %i: takes a byte for a leaf that is as merged, wherever it begins',
    (_, recipe, { operation, width, bits }) => {
      const { source, target, resource } = merged({ operation, width, bits }, recipe);
      const model = operation.readModel!(resource!);
      for (const [from, to] of [
        [0, 33],
        [33, 1234],
        [1234, ROWS * COLUMNS],
      ] as const) {
        const part = source.subarray(from * width, to * width);
        const payload = operation.encode(target.subarray(from * width, to * width), {
          source: part,
          model,
          first: from,
        });
        expect(payload).toEqual(Uint8Array.of(0));
        const out = new Uint8Array(part.length);
        operation.decode(payload, { source: part, model, first: from }, out);
        expect(Buffer.compare(out, target.subarray(from * width, to * width))).toBe(0);
      }
    },
  );

  it('refuses elements beyond its tensor, and a piece without a resource', () => {
    const { source, target, resource } = merged(BF16, 0);
    const model = LORA_BF16.readModel!(resource!);
    const payload = LORA_BF16.encode(target, { source, model, first: 0 });
    const out = new Uint8Array(target.length);
    const malformed = expect.objectContaining({ code: 'MALFORMED' });
    expect(() => LORA_BF16.decode(payload, { source, model, first: 1 }, out)).toThrow(malformed);
    expect(() => LORA_BF16.decode(payload, { source, model: undefined, first: 0 }, out)).toThrow(malformed);
    expect(() => LORA_BF16.decode(payload, { source: source.subarray(2), model, first: 0 }, out)).toThrow(malformed);
  });
});

describe('a resource of LORA', () => {
  const good = writeLora(modelOf(0), FLOATS);
  const outcome = (resource: Uint8Array): string => {
    try {
      LORA_BF16.readModel!(resource);
      return 'read';
    } catch (error) {
      if (isWeighbridgeError(error)) return error.code;
      throw error;
    }
  };
  /** Recipe, rows, columns, rank, then what follows. */
  const head = (
    recipe: number,
    shape: readonly number[][],
    rest: readonly number[] = [...ONE, 0, 23, 0, 23, 0, 0, 0, 0],
  ) => Uint8Array.of(recipe, ...shape.flat(), ...rest);
  const ONE = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
  const NAN = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];
  const large = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];

  it('is read whole and gives back what was written', () => {
    expect(LORA_BF16.readModel!(good)).toEqual(modelOf(0));
    for (let length = 0; length < good.length; length++) expect(outcome(good.subarray(0, length))).toBe('MALFORMED');
    expect(outcome(Uint8Array.of(...good, 0))).toBe('MALFORMED');
  });

  it('holds whole multiples of a power of two', () => {
    const model = modelOf(3);
    const rounded = {
      ...model,
      left: model.left.map((value) => Math.round(value * 1024) / 1024 + 0),
      right: model.right.map((value) => Math.round(value * 8192) / 8192 + 0),
    };
    const resource = writeLora(rounded, { left: { exponent: -10 }, right: { exponent: -13 } });
    expect(LORA_BF16.readModel!(resource)).toEqual(rounded);
    expect(resource.length).toBeLessThan(good.length / 2);
  });

  it.each([
    ['an unknown recipe', head(RECIPES, [[4], [4], [1]]), 'MALFORMED'],
    ['no rows', head(0, [[0], [4], [1]]), 'MALFORMED'],
    ['no columns', head(0, [[4], [0], [1]]), 'MALFORMED'],
    ['rank 0', head(0, [[4], [4], [0]]), 'MALFORMED'],
    ['a scale that is not finite', head(0, [[4], [4], [1]], [...NAN, 0, 23, 0, 23, 0, 0, 0, 0]), 'MALFORMED'],
    ['more places than an f32 has', head(0, [[4], [4], [1]], [...ONE, 0, 24, 0, 23, 0, 0, 0, 0]), 'MALFORMED'],
    ['an unknown form', head(0, [[4], [4], [1]], [...ONE, 2, 0, 0, 23, 0, 0, 0, 0]), 'MALFORMED'],
    ['steps beyond all f32', head(0, [[4], [4], [1]], [...ONE, 1, 104, 0, 23, 0, 0, 0, 0]), 'MALFORMED'],
    ['a huge rank', head(0, [[4], [4], [0x81, 0x08]]), 'LIMIT'],
    ['a rank beyond all counting', head(0, [[4], [4], large]), 'LIMIT'],
    ['more rows than can be counted', head(0, [large, [4], [2]]), 'LIMIT'],
    ['more columns than a row may have', head(0, [[4], [0x81, 0x80, 0x40], [1]]), 'LIMIT'],
    [
      'more factors than memory is given for',
      head(0, [
        [0x80, 0x80, 0x04],
        [0x80, 0x80, 0x04],
        [0x81, 0x01],
      ]),
      'LIMIT',
    ],
    ['a number that is not in its shortest form', head(0, [[0x84, 0], [4], [1]]), 'MALFORMED'],
  ])('is refused before anything is allocated: %s', (_, resource, code) => {
    expect(outcome(resource)).toBe(code);
  });

  it('holds finite factors alone', () => {
    const model = modelOf(0);
    model.left[3] = Number.NaN;
    expect(outcome(writeLora(model, FLOATS))).toBe('MALFORMED');
  });
});
