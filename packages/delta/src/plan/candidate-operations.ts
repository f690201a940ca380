import type { Dtype } from '@weighbridge/core/tensor';
import { codecIds } from '../operations.js';

export interface CandidateOperations {
  /** Ids of operations that write it by the same elements of the base. */
  readonly aligned: readonly number[];
  /** Ids of operations that write it alone. */
  readonly alone: readonly number[];
}

const T16_BF16 = 5;
const T16_F16 = 6;
const T32 = 7;
const T8 = 8;
const PLANES16 = 3;
const PLANES32 = 4;

const BY_DTYPE: Readonly<Record<string, CandidateOperations>> = {
  bf16: { aligned: [T16_BF16], alone: [PLANES16] },
  f16: { aligned: [T16_F16], alone: [PLANES16] },
  f32: { aligned: [T32], alone: [PLANES32] },
  'ggml:q8_0': { aligned: [14, T8], alone: [] },
  'ggml:q4_0': { aligned: [15, T8], alone: [] },
};
const OTHERS: CandidateOperations = { aligned: [T8], alone: [] };

/** What may write a tensor of a type, beside BYTES and RAW, which write anything. */
export function candidateOperations(dtype: Dtype): CandidateOperations {
  const { aligned, alone } = Object.hasOwn(BY_DTYPE, dtype) ? BY_DTYPE[dtype]! : OTHERS;
  return { aligned: aligned.filter(isThere), alone: alone.filter(isThere) };
}

function isThere(id: number): boolean {
  return codecIds().has(id);
}
