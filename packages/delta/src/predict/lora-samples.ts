import { BF16, F16, type Float16Kind } from './float16-kind.js';
import { LORA_BF16, LORA_F16, LORA_F32 } from './lora.js';
import type { LoraModel } from './merge-rows.js';
import { mergePart } from './merged-part.js';

/** Whole rows of a tensor before and after, from row `row` on, little-endian. */
export interface RowSample {
  readonly row: number;
  readonly target: Uint8Array;
  readonly source: Uint8Array;
}

/** Operation of a merge: 11 for bf16, 12 for f16, 13 for f32. */
export type LoraId = 11 | 12 | 13;

const OPERATIONS = { 11: LORA_BF16, 12: LORA_F16, 13: LORA_F32 } as const;
const KINDS: Readonly<Record<LoraId, Float16Kind | undefined>> = { 11: BF16, 12: F16, 13: undefined };

export function widthOf(id: LoraId): 2 | 4 {
  return id === 13 ? 4 : 2;
}

/** @returns elements whose codes the merge does not predict */
export function countMisses(id: LoraId, model: LoraModel, { row, target, source }: RowSample): number {
  const width = widthOf(id);
  const input = { source, model, first: row * model.columns };
  const { codes } = mergePart('LORA', KINDS[id], input, target.length);
  let misses = 0;
  for (let i = 0; i < target.length / width; i++) if (codeOf(width, target, i) !== codes[i]!) misses++;
  return misses;
}

/** @returns bytes of the payloads of these rows */
export function payloadBytes(id: LoraId, model: LoraModel, samples: readonly RowSample[]): number {
  let bytes = 0;
  for (const { row, target, source } of samples) {
    bytes += OPERATIONS[id].encode(target, { source, model, first: row * model.columns }).length;
  }
  return bytes;
}

/** Fills `values` with what the bytes mean. */
export function readValues(id: LoraId, bytes: Uint8Array, values: Float32Array): void {
  const width = widthOf(id);
  const kind = KINDS[id];
  if (kind === undefined) new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
  else for (let i = 0; i < values.length; i++) values[i] = kind.values[codeOf(width, bytes, i)]!;
}

function codeOf(width: 2 | 4, bytes: Uint8Array, index: number): number {
  const at = width * index;
  const low = bytes[at]! | (bytes[at + 1]! << 8);
  return width === 2 ? low : (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** @returns half a unit in the last place of each element, of what is not finite infinity; 0 for f32, whose merges are not rounded further */
export function halfPlaces(id: LoraId, bytes: Uint8Array): Float32Array {
  const kind = KINDS[id];
  const halves = new Float32Array(bytes.length / widthOf(id));
  if (kind === undefined) return halves;
  const { mantissaBits, values } = kind;
  for (let i = 0; i < halves.length; i++) {
    const least = codeOf(2, bytes, i) & 0x7fff & -(1 << mantissaBits);
    const half = (values[least + 1]! - values[least]!) / 2;
    halves[i] = half - half === 0 ? half : Number.POSITIVE_INFINITY;
  }
  return halves;
}
