import type { ContextWords } from './context-words.js';
import { type ContextRun, mergeContexts } from './context-runs.js';
import { keyCounts, leafRoom } from './leaf-room.js';
import { log2 } from './log2.js';
import { codeOfWeight } from './minifloat.js';
import { malformedPayload } from './malformed-payload.js';
import { packOpenBits, unpackOpenBits } from './open-bits.js';
import { read24, write24 } from './payload-blocks.js';
import { decodeRans, encodeRans } from './rans.js';
import { MOST_TABLES, RansTables, SCALE, SCALE_BITS } from './rans-tables.js';
import type { SymbolShape } from './symbol-shape.js';
import type { TableHeader } from './table-header.js';

const tables = new RansTables();
const entryOfKey = new Int32Array(65_536);
const COST_ONE = 256;
/** Bits × 256 that a frequency out of 16,384 costs. */
const COSTS = Uint16Array.from({ length: SCALE + 1 }, (_, f) =>
  f === 0 ? 0 : Math.round((SCALE_BITS - log2(f)) * COST_ONE),
);

/** @returns the tables that suit `keyCounts` best, and the bits that symbols and tables will take */
export function planTables(shape: SymbolShape): { header: TableHeader; bits: number } {
  const runs = mergeContexts(keyCounts.slice(), shape.contexts, 1 << shape.symbolBits, shape.symbols, MOST_TABLES);
  const bits = runs.reduce((sum, run) => sum + run.bits, 0);
  return { header: { lasts: runs.map((run) => run.last), codes: runs.map(weightCodes) }, bits };
}

function weightCodes({ counts }: ContextRun): Uint8Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return Uint8Array.from(counts, (count) => (count === 0 ? 0 : codeOfWeight((count * SCALE) / total)));
}

/** Bits that the elements counted in `keyCounts` take by foreign tables, where a lacking symbol is escaped; Infinity when that cannot be. */
export function bitsByTables(shape: SymbolShape, header: TableHeader): number {
  setTables(shape, header);
  const tableOf = tableOfContexts(shape, header);
  let cost = 0;
  for (let context = 0; context < shape.contexts; context++) {
    const table = tableOf[context]!;
    for (let symbol = 0; symbol < shape.symbols; symbol++) {
      const count = keyCounts[(context << shape.symbolBits) | symbol]!;
      if (count > 0) cost += count * costOf(shape, table, symbol);
    }
  }
  return cost / COST_ONE;
}

/** The same for the room's elements from `first`, whatever is counted. */
export function bitsOfElements(shape: SymbolShape, header: TableHeader, first: number, count: number): number {
  setTables(shape, header);
  const tableOf = tableOfContexts(shape, header);
  const { keys } = leafRoom(first + count);
  let cost = 0;
  for (let i = first; i < first + count; i++) {
    cost += costOf(shape, tableOf[keys[i]! >>> shape.symbolBits]!, keys[i]! & ((1 << shape.symbolBits) - 1));
  }
  return cost / COST_ONE;
}

function costOf(shape: SymbolShape, table: number, symbol: number): number {
  const own = tables.frequency(table, symbol);
  if (own > 0) return COSTS[own]!;
  const escaped = shape.escape < 0 ? 0 : tables.frequency(table, shape.escape);
  if (escaped === 0) return Number.POSITIVE_INFINITY;
  return COSTS[escaped]! + (shape.widths[shape.escape]! - shape.widths[symbol]!) * COST_ONE;
}

/** @throws WeighbridgeError MALFORMED when the weights make no tables (§4.3) */
export function setTables(shape: SymbolShape, header: TableHeader): void {
  for (const [table, codes] of header.codes.entries()) {
    if (!tables.set(table, codes, shape.symbols)) throw malformedPayload(shape.operation, 'weights that make no table');
  }
}

function tableOfContexts(shape: SymbolShape, { lasts }: TableHeader): Uint8Array {
  const tableOf = new Uint8Array(shape.contexts);
  for (const [table, last] of lasts.entries()) tableOf.fill(table, (lasts[table - 1] ?? -1) + 1, last + 1);
  return tableOf;
}

/**
 * Writes the room's elements from `first`, symbols and open bits: delta-v1-numeric §7.3.
 * @returns the end
 */
export function encodeByTables(
  shape: SymbolShape,
  header: TableHeader,
  first: number,
  count: number,
  at: number,
): number {
  const { keys, rests, bytes } = leafRoom(first + count);
  const mask = (1 << shape.symbolBits) - 1;
  setTables(shape, header);
  if (placeEntries(shape, header)) escapeLacking(shape.escape, mask, keys, first, count);
  const begin = encodeRans(keys, first, count, entryOfKey, bytes);
  const length = bytes.length - begin;
  write24(bytes, at, length);
  bytes.copyWithin(at + 3, begin);
  return packOpenBits({ rests, widths: shape.widths, first, count }, keys, mask, bytes, at + 3 + length);
}

/** Fills `entryOfKey`. @returns whether a symbol that occurs has to be escaped */
function placeEntries(shape: SymbolShape, header: TableHeader): boolean {
  const tableOf = tableOfContexts(shape, header);
  let lacking = false;
  for (let key = 0; key < shape.contexts << shape.symbolBits; key++) {
    if (keyCounts[key] === 0) continue;
    const table = tableOf[key >>> shape.symbolBits]!;
    const entry = tables.entries[(table << 8) | (key & ((1 << shape.symbolBits) - 1))]!;
    entryOfKey[key] = entry;
    if ((entry & 0x7fff) === 0) lacking = true;
  }
  if (lacking) {
    for (let context = 0; context < shape.contexts; context++) {
      entryOfKey[(context << shape.symbolBits) | shape.escape] =
        tables.entries[(tableOf[context]! << 8) | shape.escape]!;
    }
  }
  return lacking;
}

function escapeLacking(escapeSymbol: number, mask: number, keys: Uint16Array, first: number, count: number): void {
  for (let i = first; i < first + count; i++) {
    if ((entryOfKey[keys[i]!]! & 0x7fff) === 0) keys[i] = (keys[i]! & ~mask) | escapeSymbol;
  }
}

/** Fills the room's symbols and rests from `first` from `payload[at … end)`. @throws WeighbridgeError MALFORMED */
export function decodeByTables(
  shape: SymbolShape,
  contexts: ContextWords,
  header: TableHeader,
  first: number,
  count: number,
  payload: Uint8Array,
  at: number,
  end: number,
): void {
  const { symbols, rests } = leafRoom(first + count);
  setTables(shape, header);
  const middle = end - at < 3 ? Number.POSITIVE_INFINITY : at + 3 + read24(payload, at);
  if (middle > end) throw malformedPayload(shape.operation, 'symbols out of bounds');
  const tableOf = tableOfContexts(shape, header);
  decodeRans(shape.operation, payload, at + 3, middle, tables, { contexts, tableOf, symbols, first, count });
  unpackOpenBits(shape.operation, { rests, widths: shape.widths, first, count }, symbols, payload, middle, end);
}
