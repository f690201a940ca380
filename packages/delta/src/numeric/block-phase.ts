import { entropyBits } from './log2.js';

/** Blocks that are looked at. */
const SAMPLE = 512;

/**
 * Where blocks begin in a part of a tensor that may begin inside of one: the upper byte of a scale varies least of all bytes of a block.
 * @returns bytes before the first whole block, below `blockBytes`; a wrong guess costs size alone
 */
export function blockPhase(blockBytes: number, target: Uint8Array, source: Uint8Array): number {
  if (target.length < 2 * blockBytes) return 0;
  let best = { bits: Number.POSITIVE_INFINITY, place: 1 };
  const counts = new Int32Array(256);
  for (let place = 0; place < blockBytes; place++) {
    counts.fill(0);
    const end = Math.min(target.length, place + SAMPLE * blockBytes);
    for (let at = place; at < end; at += blockBytes) {
      counts[target[at]! & 0x7f]!++;
      counts[source[at]! & 0x7f]!++;
    }
    const bits = entropyBits(counts, 0, 128);
    if (bits < best.bits) best = { bits, place };
  }
  return (best.place + blockBytes - 1) % blockBytes;
}
