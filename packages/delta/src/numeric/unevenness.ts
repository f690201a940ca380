import { leafRoom } from './leaf-room.js';
import type { SymbolShape } from './symbol-shape.js';

const STRETCHES = 64;
const STRETCH = 128;

/**
 * How much more the sizes of symbols vary from stretch to stretch than chance explains: about 1 where all elements are of one kind.
 * A sample of 8192 elements tells.
 */
export function unevenness({ sizes, symbolBits }: SymbolShape, first: number, count: number): number {
  const { keys } = leafRoom(first + count);
  const mask = (1 << symbolBits) - 1;
  const apart = Math.floor((count - STRETCH) / (STRETCHES - 1));
  let sum = 0;
  let squares = 0;
  let stretchSquares = 0;
  for (let stretch = 0; stretch < STRETCHES; stretch++) {
    let own = 0;
    const from = first + stretch * apart;
    for (let i = from; i < from + STRETCH; i++) {
      const size = sizes[keys[i]! & mask]!;
      own += size;
      squares += size * size;
    }
    sum += own;
    stretchSquares += own * own;
  }
  const mean = sum / (STRETCHES * STRETCH);
  const varianceOfAll = squares / (STRETCHES * STRETCH) - mean * mean;
  const varianceOfMeans = stretchSquares / (STRETCHES * STRETCH * STRETCH) - mean * mean;
  return varianceOfAll === 0 ? 0 : (varianceOfMeans * STRETCH) / varianceOfAll;
}
