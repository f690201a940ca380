import { BitDecoder } from './bit-decoder.js';
import { BitEncoder } from './bit-encoder.js';
import { BitModels } from './bit-models.js';
import type { ContextWords } from './context-words.js';
import { leafRoom } from './leaf-room.js';
import { LEVELS, LocalActivity } from './local-activity.js';
import { malformedPayload } from './malformed-payload.js';
import { packOpenBits, unpackOpenBits } from './open-bits.js';
import { read24, write24 } from './payload-blocks.js';
import type { SymbolShape } from './symbol-shape.js';

const encoder = new BitEncoder();
const decoder = new BitDecoder();
const modelsOf = new WeakMap<SymbolShape, BitModels>();

/** For each coarse context and level a binary tree over the symbols, node 1 its root, and node 0: whether the symbol is 0. */
function modelsFor(shape: SymbolShape): BitModels {
  const models = modelsOf.get(shape);
  if (models !== undefined) return models.reset();
  const made = new BitModels((((shape.contexts - 1) >>> shape.contextDetail) + 1) * (LEVELS << shape.symbolBits));
  modelsOf.set(shape, made);
  return made;
}

/** Writes the room's elements from `first`, symbols and open bits: delta-v1-numeric §7.4. @returns the end */
export function encodeAdaptively(shape: SymbolShape, first: number, count: number, at: number): number {
  const { keys, rests, bytes } = leafRoom(first + count);
  const end = encodeSymbols(shape, first, count, at + 3);
  write24(bytes, at, end - at - 3);
  return packOpenBits({ rests, widths: shape.widths, first, count }, keys, (1 << shape.symbolBits) - 1, bytes, end);
}

/** @returns the end of the symbols alone */
export function encodeSymbols(shape: SymbolShape, first: number, count: number, at: number): number {
  const { symbolBits, contextDetail } = shape;
  const { keys, bytes } = leafRoom(first + count);
  const models = modelsFor(shape);
  const activity = new LocalActivity(shape);
  encoder.start(bytes, at);
  for (let i = first; i < first + count; i++) {
    const key = keys[i]!;
    const context = key >>> (symbolBits + contextDetail);
    const symbol = key & ((1 << symbolBits) - 1);
    const base = (context * LEVELS + activity.level) << symbolBits;
    encoder.encode(models, base, symbol === 0 ? 0 : 1);
    if (symbol !== 0) encodeTree(models, base, symbol, symbolBits);
    activity.see(context, symbol);
  }
  return encoder.finish();
}

function encodeTree(models: BitModels, base: number, symbol: number, symbolBits: number): void {
  for (let bit = symbolBits - 1, node = 1; bit >= 0; bit--) {
    const value = (symbol >>> bit) & 1;
    encoder.encode(models, base + node, value);
    node = (node << 1) | value;
  }
}

/** Fills the room's symbols and rests from `first` from `payload[at … end)`. @throws WeighbridgeError MALFORMED */
export function decodeAdaptively(
  shape: SymbolShape,
  contexts: ContextWords,
  first: number,
  count: number,
  payload: Uint8Array,
  at: number,
  end: number,
): void {
  const { symbols, rests } = leafRoom(first + count);
  const middle = end - at < 3 ? Number.POSITIVE_INFINITY : at + 3 + read24(payload, at);
  if (middle > end) throw malformedPayload(shape.operation, 'symbols out of bounds');
  decodeSymbols(shape, contexts, first, count, payload, at + 3, middle);
  unpackOpenBits(shape.operation, { rests, widths: shape.widths, first, count }, symbols, payload, middle, end);
}

function decodeSymbols(
  shape: SymbolShape,
  { words, mask, shift }: ContextWords,
  first: number,
  count: number,
  payload: Uint8Array,
  at: number,
  end: number,
): void {
  const { symbolBits, contextDetail } = shape;
  const { symbols } = leafRoom(first + count);
  const models = modelsFor(shape);
  const activity = new LocalActivity(shape);
  decoder.start(shape.operation, payload, at, end);
  for (let i = first; i < first + count; i++) {
    const context = (words[i]! & mask) >>> (shift + contextDetail);
    const base = (context * LEVELS + activity.level) << symbolBits;
    const symbol = decoder.decode(models, base) === 0 ? 0 : decodeTree(models, base, symbolBits);
    if (symbol >= shape.symbols) throw malformedPayload(shape.operation, 'a symbol out of bounds');
    symbols[i] = symbol;
    activity.see(context, symbol);
  }
  decoder.finish();
}

function decodeTree(models: BitModels, base: number, symbolBits: number): number {
  let node = 1;
  for (let bit = 0; bit < symbolBits; bit++) node = (node << 1) | decoder.decode(models, base + node);
  return node - (1 << symbolBits);
}
