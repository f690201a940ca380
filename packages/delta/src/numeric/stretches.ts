import { mergeContexts } from './context-runs.js';
import { leafRoom } from './leaf-room.js';
import type { SymbolShape } from './symbol-shape.js';

const CELL = 8192;
const MOST_CELLS = 128;
const SAMPLE_EVERY = 4;
/** Tables that a block has, roughly, for each context that its elements have: what a cut costs. */
const TABLES_OF_CONTEXTS = 12;

/**
 * Cuts the room's elements where their symbols change in kind, as at the border of two tensors.
 * @returns lengths of the stretches, each to be a block of its own
 */
export function chooseStretches(shape: SymbolShape, count: number): number[] {
  if (count < 2 * CELL) return [count];
  const cell = Math.max(CELL, Math.ceil(count / MOST_CELLS));
  const cells = Math.ceil(count / cell);
  const stride = 1 << shape.symbolBits;
  const counts = countSymbols(shape, count, cell, cells);
  const tables = shape.contexts === 1 ? 1 : TABLES_OF_CONTEXTS;
  const runs = mergeContexts(counts, cells, stride, shape.symbols, cells, tables / SAMPLE_EVERY);
  return runs.map(({ last }, i) => Math.min(count, (last + 1) * cell) - ((runs[i - 1]?.last ?? -1) + 1) * cell);
}

function countSymbols(shape: SymbolShape, count: number, cell: number, cells: number): Int32Array {
  const { keys } = leafRoom(count);
  const counts = new Int32Array(cells << shape.symbolBits);
  const mask = (1 << shape.symbolBits) - 1;
  for (let number = 0; number < cells; number++) {
    const end = Math.min(count, (number + 1) * cell);
    const base = number << shape.symbolBits;
    for (let i = number * cell; i < end; i += SAMPLE_EVERY) counts[base | (keys[i]! & mask)]!++;
  }
  return counts;
}
