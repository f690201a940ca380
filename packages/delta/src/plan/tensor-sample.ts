import { type PlacedTensor, readTensor, type Side } from './side.js';

const SLICES = 16;
const SLICE_BYTES = 64;

/** Bytes from all over a tensor: equal for equal tensors, and rarely for others. @param length of the tensor that is looked at */
export function sampleTensor(side: Side, tensor: PlacedTensor, length = tensor.length): Uint8Array {
  if (length <= SLICES * SLICE_BYTES) return readTensor(side, tensor, 0, length);
  const sample = new Uint8Array(SLICES * SLICE_BYTES);
  for (let slice = 0; slice < SLICES; slice += 1) {
    sample.set(readTensor(side, tensor, sliceOffset(length, slice), SLICE_BYTES), slice * SLICE_BYTES);
  }
  return sample;
}

/** A multiple of 8, so that a slice holds whole elements. */
function sliceOffset(length: number, slice: number): number {
  const spread = (length - SLICE_BYTES) / (SLICES - 1);
  return Math.floor((spread * slice) / 8) * 8;
}
