import { mergeContexts } from './context-runs.js';
import { countKeys } from './count-keys.js';
import { keyCounts } from './leaf-room.js';
import { codeOfWeight } from './minifloat.js';
import { MOST_TABLES, SCALE } from './rans-tables.js';
import type { SymbolShape } from './symbol-shape.js';
import { type TableHeader, writeTableHeader } from './table-header.js';

/** Symbols that are rarer than this share are escaped: their entries would cost the others more. */
const RAREST = 1 / (2 * SCALE);

/**
 * Tables for many leaves. Each has the escape, since leaves hold symbols that no sample showed.
 * @param leaves counts of elements, each yielded once these are in the room @returns the resource, or undefined when it is of no use
 */
export function trainTables(shape: SymbolShape, leaves: Iterable<number>): Uint8Array | undefined {
  const all = new Int32Array(shape.contexts << shape.symbolBits);
  let leavesSeen = 0;
  for (const count of leaves) {
    countKeys(shape, 0, count);
    for (let key = 0; key < all.length; key++) all[key]! += keyCounts[key]!;
    leavesSeen++;
  }
  if (leavesSeen < 2 || onlyZeros(shape, all)) return undefined;
  const runs = mergeContexts(all, shape.contexts, 1 << shape.symbolBits, shape.symbols, MOST_TABLES);
  const header = { lasts: runs.map((run) => run.last), codes: runs.map((run) => escapingCodes(shape, run.counts)) };
  return written(shape, header);
}

function onlyZeros({ symbolBits }: SymbolShape, all: Int32Array): boolean {
  return all.every((count, key) => count === 0 || (key & ((1 << symbolBits) - 1)) === 0);
}

function escapingCodes({ escape: escapeSymbol }: SymbolShape, counts: Int32Array): Uint8Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const rare = (count: number) => count < total * RAREST;
  const escaped = counts.reduce((sum, count) => sum + (rare(count) ? count : 0), 0);
  return Uint8Array.from(counts, (count, symbol) => {
    if (symbol === escapeSymbol) return codeOfWeight(Math.max(1, (escaped * SCALE) / total));
    return count === 0 || rare(count) ? 0 : codeOfWeight((count * SCALE) / total);
  });
}

function written(shape: SymbolShape, header: TableHeader): Uint8Array {
  const bytes = new Uint8Array(65_536);
  return bytes.slice(0, writeTableHeader(header, shape.contexts, shape.symbols, bytes, 0));
}
