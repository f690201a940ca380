import { malformedPayload } from '../numeric/malformed-payload.js';
import type { LeafInput } from '../operation.js';
import type { Float16Kind } from './float16-kind.js';
import { type LoraModel, RowMerger } from './merge-rows.js';

/** Contexts of a residual: exponent and top place of the distance to the nearest border between two codes. */
const CONTEXT_SHIFT = 22;
export const CONTEXTS = 512;
const NOT_FINITE = CONTEXTS - 1;

/** What a merge says of the elements of a leaf. */
export interface MergedPart {
  /** Predicted codes. */
  readonly codes: Uint32Array;
  /** The codes on the other side of the nearest border. */
  readonly others: Uint32Array;
  /** How near that border is: below `CONTEXTS`, nearer ones lower. */
  readonly contexts: Uint16Array;
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
let room = {
  codes: new Uint32Array(0),
  others: new Uint32Array(0),
  contexts: new Uint16Array(0),
  merged: new Float32Array(0),
};

/**
 * Merges what a leaf holds of its tensor: delta-v1-predict §7, §8.1 and §8.3. Valid until the next call.
 * @param kind of the target; undefined for f32
 * @throws WeighbridgeError MALFORMED when the leaf reaches beyond the tensor of the resource
 */
export function mergePart(
  operation: string,
  kind: Float16Kind | undefined,
  { source, model, first }: LeafInput<LoraModel>,
  length: number,
): MergedPart {
  const count = length / (kind === undefined ? 4 : 2);
  if (model === undefined) throw malformedPayload(operation, 'a piece without a resource');
  if (first + count > model.rows * model.columns || source.length !== length) {
    throw malformedPayload(operation, 'elements beyond the tensor of its resource');
  }
  makeRoom(count);
  if (kind === undefined) read32(source, count);
  else read16(source, count, kind.values);
  mergeRows(model, kind, first, count);
  if (kind === undefined) predict32(source, count);
  else predict16(count, kind);
  return room;
}

function makeRoom(count: number): void {
  if (room.codes.length >= count) return;
  room = {
    codes: new Uint32Array(count),
    others: new Uint32Array(count),
    contexts: new Uint16Array(count),
    merged: new Float32Array(count),
  };
}

function read16(source: Uint8Array, count: number, values: Float32Array): void {
  const { codes, merged } = room;
  for (let i = 0; i < count; i++) {
    const code = source[2 * i]! | (source[2 * i + 1]! << 8);
    codes[i] = code;
    merged[i] = values[code]!;
  }
}

function read32(source: Uint8Array, count: number): void {
  const { codes, merged } = room;
  for (let i = 0; i < count; i++) {
    bits[0] = word32(source, i);
    codes[i] = bits[0]!;
    merged[i] = float[0]!;
  }
}

function word32(bytes: Uint8Array, index: number): number {
  const at = 4 * index;
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function mergeRows(model: LoraModel, kind: Float16Kind | undefined, first: number, count: number): void {
  const merger = new RowMerger(model, kind);
  let row = Math.floor(first / model.columns);
  let column = first - row * model.columns;
  for (let at = 0; at < count; row++, column = 0) {
    const to = Math.min(model.columns, column + count - at);
    merger.merge(row, column, to, room.merged, at);
    at += to - column;
  }
}

/** Codes of what is not finite stay those of the base. */
function predict16(count: number, { values, round }: Float16Kind): void {
  const { codes, others, contexts, merged } = room;
  for (let i = 0; i < count; i++) {
    const value = merged[i]!;
    if (value - value !== 0) {
      others[i] = codes[i]!;
      contexts[i] = NOT_FINITE;
      continue;
    }
    float[0] = value;
    const code = round(bits[0]!);
    const rounded = values[code]!;
    const other = Math.abs(value) >= Math.abs(rounded) ? code + 1 : code - 1;
    codes[i] = code;
    others[i] = other;
    float[0] = (rounded + values[other]!) / 2 - value;
    contexts[i] = (bits[0]! & 0x7fffffff) >>> CONTEXT_SHIFT;
  }
}

/** There is no border near: the context is the magnitude. */
function predict32(source: Uint8Array, count: number): void {
  const { codes, others, contexts, merged } = room;
  for (let i = 0; i < count; i++) {
    const value = merged[i]!;
    float[0] = value;
    codes[i] = value - value === 0 ? bits[0]! : word32(source, i);
    others[i] = codes[i]!;
    contexts[i] = value - value === 0 ? (bits[0]! & 0x7fffffff) >>> CONTEXT_SHIFT : NOT_FINITE;
  }
}
