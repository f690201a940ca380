import { keyCounts, leafRoom } from './leaf-room.js';
import type { SymbolShape } from './symbol-shape.js';

/** Fills `keyCounts` with the keys of the room's elements from `first`. */
export function countKeys(shape: SymbolShape, first: number, count: number): void {
  const { keys } = leafRoom(first + count);
  keyCounts.fill(0, 0, shape.contexts << shape.symbolBits);
  for (let i = first; i < first + count; i++) keyCounts[keys[i]!]!++;
}
