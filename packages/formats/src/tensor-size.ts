import type { Dtype } from '@weighbridge/core/tensor';
import { malformedModel } from './reader-fault.js';

/** Bits of one element, for the types that have a whole number of them. */
const ELEMENT_BITS: ReadonlyMap<Dtype, number> = new Map([
  ['bool', 8],
  ['u8', 8],
  ['i8', 8],
  ['u16', 16],
  ['i16', 16],
  ['f16', 16],
  ['bf16', 16],
  ['u32', 32],
  ['i32', 32],
  ['f32', 32],
  ['u64', 64],
  ['i64', 64],
  ['f64', 64],
]);

/** Bits of an element of one of our own types; undefined for any other. */
export function elementBits(dtype: Dtype): number | undefined {
  return ELEMENT_BITS.get(dtype);
}

/** The number of elements of a shape. @throws MALFORMED beyond 2^53 − 1, at any step from the left */
export function elementCount(shape: readonly number[], file: string, tensor: string): number {
  let count = 1;
  for (const dimension of shape) count = checkedProduct(count, dimension, file, tensor);
  return count;
}

/** @throws MALFORMED beyond 2^53 − 1 */
export function checkedProduct(a: number, b: number, file: string, tensor: string): number {
  const product = a * b;
  if (!Number.isSafeInteger(product)) throw malformedModel(file, 'has a shape of too many elements', tensor);
  return product;
}
