import { log2 } from './log2.js';

/** Symbols of a window of tops; two more say zero and escape. */
export const WINDOW = 254;
/** Bits of the finest top that is tried. */
const FINEST = 12;
const SAMPLE_EVERY = 4;

/** How a leaf's floats are split: delta-v1-numeric §9.1. */
export interface Planes {
  /** Low bits that are zero in every element, and left out. */
  readonly zeros: number;
  /** Low bits of the rest of the magnitude that are kept as they are. */
  readonly open: number;
  /** The top of symbol 0. */
  readonly base: number;
}

/** @returns the split that makes `words` smallest, as far as a sample tells */
export function choosePlanes(words: Uint16Array | Int32Array, width: 2 | 4): Planes {
  const magnitudeBits = 8 * width - 1;
  let all = 0;
  for (let i = 0; i < words.length; i++) all |= words[i]!;
  const zeros = Math.min(lowZeros(all), magnitudeBits - 1);
  const left = magnitudeBits - zeros;
  const finest = Math.max(0, left - FINEST);
  const counts = countTops(words, 0x7fffffff >>> (31 - magnitudeBits), zeros + finest);
  let best = { bits: Number.POSITIVE_INFINITY, open: finest, base: 0 };
  for (let open = finest; open < left && open < finest + 8; open++) {
    const { bits, base } = weigh(counts, open - finest, open + 1, 8 * width);
    if (bits < best.bits) best = { bits, open, base };
  }
  return { zeros, open: best.open, base: best.base };
}

function lowZeros(bits: number): number {
  return bits === 0 ? 32 : 31 - Math.clz32(bits & -bits);
}

function countTops(words: Uint16Array | Int32Array, magnitudes: number, shift: number): Int32Array {
  const counts = new Int32Array(1 << FINEST);
  for (let i = 0; i < words.length; i += SAMPLE_EVERY) {
    const magnitude = words[i]! & magnitudes;
    if (magnitude !== 0) counts[magnitude >>> shift]!++;
  }
  return counts;
}

/** Bits of the sample when tops lose `coarser` bits, and where the window best begins. */
function weigh(
  fine: Int32Array,
  coarser: number,
  openBits: number,
  escapeBits: number,
): { bits: number; base: number } {
  const counts = new Int32Array(Math.max(1, fine.length >>> coarser));
  for (let i = 0; i < fine.length; i++) counts[i >>> coarser]! += fine[i]!;
  const base = fullestWindow(counts);
  let inside = 0;
  let outside = 0;
  let bits = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count === 0) continue;
    if (i < base || i >= base + WINDOW) outside += count;
    else {
      inside += count;
      // A symbol's place in the header, in the sample's measure.
      bits += 6 / SAMPLE_EVERY - count * log2(count);
    }
  }
  const total = inside + outside;
  if (outside > 0) bits -= outside * log2(outside);
  if (total > 0) bits += total * log2(total);
  return { bits: bits + inside * openBits + outside * escapeBits, base };
}

function fullestWindow(counts: Int32Array): number {
  let sum = 0;
  let most = -1;
  let base = 0;
  for (let end = 0; end < counts.length + WINDOW; end++) {
    sum += counts[end] ?? 0;
    if (end >= WINDOW) sum -= counts[end - WINDOW]!;
    // Of equally full windows the last: values mostly stop at some largest one and run out slowly below.
    if (end >= WINDOW - 1 && end < Math.max(counts.length, WINDOW) && sum >= most) {
      most = sum;
      base = end - WINDOW + 1;
    }
  }
  return base;
}
