import type { Tensor } from '@weighbridge/core/tensor';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { operationOf } from '../operations.js';
import { planPackage } from './plan-package.js';
import type { Side } from './side.js';

const options = { breathe: async () => {}, adapter: [] };

function sideOf(
  files: readonly { readonly path: string; readonly bytes: Uint8Array; readonly tensors: readonly Tensor[] }[],
): Side {
  return {
    files: files.map(({ path, tensors }) => ({ path, tensors: { format: 'test', tensors } })),
    bytes: {
      sizes: files.map(({ bytes }) => bytes.length),
      read: (file, offset, into) => into.set(files[file]!.bytes.subarray(offset, offset + into.length)),
    },
  };
}

/** A run of bytes that looks like weights: every third one is another. */
const weights = (length: number, change: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 73 + (index >>> 3) * 11 + (index % 3 === 0 ? change : 0)) & 0xff);

const tensorsOf = (sizes: readonly [number, number][], dtypes: readonly string[]): Tensor[] => {
  let at = 0;
  return sizes.map(([gap, length], index) => {
    at += gap + length;
    return { name: `t${index}`, dtype: dtypes[index % dtypes.length]!, shape: [length], offset: at - length, length };
  });
};

describe('a plan', () => {
  test('covers every file with pieces that the format allows, whatever the tensors', async () => {
    const layout = fc.array(fc.tuple(fc.nat(70), fc.integer({ min: 1, max: 3000 })), { maxLength: 5 });
    const dtype = fc.constantFrom('bf16', 'f16', 'f32', 'i8', 'u8', 'ggml:q8_0', 'ggml:q4_0', 'ggml:q4_k', 'i64');
    await fc.assert(
      fc.asyncProperty(
        layout,
        layout,
        fc.array(dtype, { minLength: 1, maxLength: 3 }),
        fc.nat(200),
        async (to, from, dtypes, tail) => {
          const side = (sizes: readonly [number, number][], change: number): Side => {
            const tensors = tensorsOf(sizes, dtypes);
            const size = (tensors.at(-1)?.offset ?? 0) + (tensors.at(-1)?.length ?? 0) + tail;
            return sideOf([{ path: 'm', bytes: weights(size, change), tensors }]);
          };
          const [target, base] = [side(to, 1), side(from, 0)];
          const plan = await planPackage(target, base, options);
          let at = 0;
          for (const piece of plan.files[0]!.pieces) {
            expect(piece.start).toBe(at);
            const { width, source } = operationOf(piece.operation)!;
            expect(piece.length % width).toBe(0);
            expect(piece.source === undefined).toBe(source === 'none');
            if (piece.source !== undefined)
              expect(piece.source.offset + piece.length).toBeLessThanOrEqual(base.bytes.sizes[piece.source.file]!);
            at += piece.length;
          }
          expect(at).toBe(target.bytes.sizes[0]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('writes a tensor by the one of its name, in the operation of its type', async () => {
    const tensor = { name: 'w', dtype: 'bf16', shape: [20_000], offset: 100, length: 40_000 };
    const side = (change: number): Side => sideOf([{ path: 'm', bytes: weights(40_100, change), tensors: [tensor] }]);
    const { files } = await planPackage(side(1), side(0), options);
    const piece = files[0]!.pieces.find(({ start }) => start === 100)!;
    expect(operationOf(piece.operation)!.source).toBe('aligned');
    expect(piece.source).toEqual({ file: 0, offset: 100 });
  });

  test('copies what the base has in another place', async () => {
    const bytes = weights(200_000, 0);
    const moved = Uint8Array.from([...weights(3, 9), ...bytes]);
    const { files } = await planPackage(
      sideOf([{ path: 'new', bytes: moved, tensors: [] }]),
      sideOf([{ path: 'old', bytes, tensors: [] }]),
      options,
    );
    const copied = files[0]!.pieces.filter(({ operation }) => operationOf(operation)!.name === 'COPY');
    expect(copied.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(190_000);
  });

  test('is the same for the same input', async () => {
    const side = (change: number): Side =>
      sideOf([
        {
          path: 'm',
          bytes: weights(50_000, change),
          tensors: tensorsOf(
            [
              [10, 20_000],
              [3, 9000],
            ],
            ['f16', 'f32'],
          ),
        },
      ]);
    const plans = await Promise.all([1, 2].map(() => planPackage(side(3), side(0), options)));
    expect(JSON.stringify(plans[0]!.files)).toBe(JSON.stringify(plans[1]!.files));
  });
});
