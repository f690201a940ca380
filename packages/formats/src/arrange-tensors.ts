import type { Tensor, TensorTable } from '@weighbridge/core/tensor';
import { malformedModel, modelOverLimit } from './reader-fault.js';

/** Above what any model has, and what a table of them costs in memory. */
export const MAX_TENSORS = 1_000_000;

/** @throws LIMIT */
export function requireTensorCount(count: number, file: string): void {
  if (count > MAX_TENSORS) throw modelOverLimit(file, `has more than ${MAX_TENSORS} tensors`);
}

/**
 * Tensors in the order in which they lie in a file.
 * @throws MALFORMED when one leaves the file or two overlap
 */
export function arrangeTensors(
  format: string,
  tensors: readonly Tensor[],
  sizeBytes: number,
  file: string,
): TensorTable {
  const sorted = [...tensors].sort((a, b) => a.offset - b.offset || a.length - b.length);
  let end = 0;
  for (const { name, offset, length } of sorted) {
    if (offset < end) throw malformedModel(file, `begins at byte ${offset}, inside another tensor`, name);
    end = offset + length;
    if (end > sizeBytes) throw malformedModel(file, `ends at byte ${end}, after the file`, name);
  }
  return { format, tensors: sorted };
}
