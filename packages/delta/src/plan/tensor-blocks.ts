import type { TensorMatch } from './match-tensors.js';
import { type PlacedTensor, readTensor, type Side } from './side.js';

const BLOCK_BYTES = 27 * 2448;
const BLOCKS = 3;
/** Whole elements of every type that we know, quantized blocks too: a multiple of 8, 18, 34. */
const GRAIN_BYTES = 2448;

/** A stretch of a tensor with what the base has there; `source` is empty without a match. */
export interface TensorBlock {
  readonly target: Uint8Array;
  readonly source: Uint8Array;
  /** Offset in the tensor, in bytes. */
  readonly offset: number;
}

/** Stretches of the start, the middle and the end: what an operation makes of them says what it makes of all. */
export function tensorBlocks(
  target: Side,
  base: Side | undefined,
  tensor: PlacedTensor,
  match: TensorMatch | undefined,
): TensorBlock[] {
  const length = match?.length ?? tensor.length;
  return blockOffsets(length).map(({ offset, length: bytes }) => ({
    offset,
    target: readTensor(target, tensor, offset, bytes),
    source: match === undefined ? new Uint8Array(0) : readTensor(base!, match.base, offset, bytes),
  }));
}

function blockOffsets(length: number): { offset: number; length: number }[] {
  if (length <= BLOCKS * BLOCK_BYTES) return [{ offset: 0, length }];
  const spread = (length - BLOCK_BYTES) / (BLOCKS - 1);
  return Array.from({ length: BLOCKS }, (_, block) => ({
    offset: Math.floor((spread * block) / GRAIN_BYTES) * GRAIN_BYTES,
    length: BLOCK_BYTES,
  }));
}
