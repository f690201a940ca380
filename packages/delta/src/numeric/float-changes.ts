import { DIFFERENCES, symbolOf } from './difference-symbols.js';

/** Symbols of changes that keep the sign; as many follow for changes that turn it. */
const KEEPING = 56;

/** @param change 16 bits: difference of the magnitudes mod 2^15, and on top whether the sign turns */
function symbolOfChange(change: number): number {
  return symbolOf((change << 17) >> 17) + (change & 0x8000 ? KEEPING : 0);
}

function topOf(symbol: number): number {
  if (symbol >= 2 * KEEPING) return 0;
  return (DIFFERENCES.tops[symbol % KEEPING]! & 0x7fff) | (symbol < KEEPING ? 0 : 0x8000);
}

const byTwice = (values: Uint8Array) => (_: unknown, symbol: number) =>
  symbol < 2 * KEEPING ? values[symbol % KEEPING]! : 0;

/**
 * Symbols of changes of 16-bit floats: delta-v1-numeric §8.1. A difference to the base's mirror image, where the sign turns, is as small
 * as any other; in the order of floats it would lead through zero and be among the largest.
 */
export const FLOAT_CHANGES = {
  symbols: 2 * KEEPING + 1,
  escape: 2 * KEEPING,
  widths: Uint8Array.from({ length: 256 }, byTwice(DIFFERENCES.widths)).fill(16, 2 * KEEPING, 2 * KEEPING + 1),
  /** A turned sign is a large change, whatever the magnitudes. */
  sizes: Uint8Array.from({ length: 256 }, (_, symbol) => (symbol < KEEPING ? symbol >>> 1 : KEEPING >>> 1)),
} as const;

/** What a symbol says of a change: change = top | open bits. */
export const CHANGE_TOPS = Uint16Array.from({ length: 256 }, (_, symbol) => topOf(symbol));
/** Symbol of each change: faster than counting bits. */
export const CHANGE_SYMBOLS = Uint8Array.from({ length: 65_536 }, (_, change) => symbolOfChange(change));
