import { malformedModel } from './reader-fault.js';

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
