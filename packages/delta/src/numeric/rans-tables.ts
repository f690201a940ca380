import { weightOf } from './minifloat.js';

/** Frequencies of a table add up to this: 14 bits. */
export const SCALE_BITS = 14;
export const SCALE = 1 << SCALE_BITS;
/** Tables of one block at most; they are made anew for each block. */
export const MOST_TABLES = 64;
/** Slots that share a guess. */
export const GUESS_BITS = 4;
const GUESSES = SCALE >>> GUESS_BITS;
/** Symbols of an alphabet at most. */
const MOST_SYMBOLS = 256;

/**
 * Room for the tables of one block: delta-v1-numeric §4. Entry `table << 8 | symbol` of `entries` is frequency in the low 15 bits,
 * start above them, where frequency 0 says that the table lacks the symbol. Guess `table << 10 | slot >>> 4` is a symbol at or a little before
 * the slot's: all guesses together stay in the first-level cache, while a symbol for each slot would not.
 */
export class RansTables {
  readonly entries = new Int32Array(MOST_TABLES * MOST_SYMBOLS);
  readonly guesses = new Uint8Array(MOST_TABLES * GUESSES);

  /** Makes table number `table` of weight codes. @returns false when no table has these weights (§4.3) */
  set(table: number, codes: ArrayLike<number>, symbols: number): boolean {
    let total = 0;
    let largest = 0;
    for (let symbol = 0; symbol < symbols; symbol++) {
      total += weightOf(codes[symbol]!);
      if (codes[symbol]! > codes[largest]!) largest = symbol;
    }
    return total > 0 && this.#share(table, codes, symbols, total, largest);
  }

  #share(table: number, codes: ArrayLike<number>, symbols: number, total: number, largest: number): boolean {
    let rest = SCALE;
    for (let symbol = 0; symbol < symbols; symbol++) {
      if (symbol !== largest) rest -= frequencyOf(codes[symbol]!, total);
    }
    if (rest < 1) return false;
    let start = 0;
    let guess = table * GUESSES;
    for (let symbol = 0; symbol < symbols; symbol++) {
      const frequency = symbol === largest ? rest : frequencyOf(codes[symbol]!, total);
      this.entries[(table << 8) | symbol] = (start << 15) | frequency;
      start += frequency;
      const end = table * GUESSES + ((start + (1 << GUESS_BITS) - 1) >>> GUESS_BITS);
      this.guesses.fill(symbol, guess, end);
      guess = Math.max(guess, end);
    }
    return true;
  }

  frequency(table: number, symbol: number): number {
    return this.entries[(table << 8) | symbol]! & 0x7fff;
  }
}

function frequencyOf(code: number, total: number): number {
  return code === 0 ? 0 : Math.max(1, Math.floor((weightOf(code) * SCALE) / total));
}
