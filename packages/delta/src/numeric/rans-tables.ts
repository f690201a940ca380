import { weightOf } from './minifloat.js';

/** Frequencies of a table add up to this: 14 bits. */
export const SCALE_BITS = 14;
export const SCALE = 1 << SCALE_BITS;
/** Tables of one block at most; their slots are then 1 MiB. */
export const MOST_TABLES = 64;
/** Symbols of an alphabet at most. */
const MOST_SYMBOLS = 256;

/**
 * Room for the tables of one block: delta-v1-numeric §4. Entry `table << 8 | symbol` of `entries` is frequency in the low 15 bits,
 * start above them; entry `table << 14 | slot` of `slots` is the symbol to whom the slot belongs.
 */
export class RansTables {
  readonly entries = new Int32Array(MOST_TABLES * MOST_SYMBOLS);
  readonly slots = new Uint8Array(MOST_TABLES * SCALE);

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
    this.entries.fill(0, table << 8, (table + 1) << 8);
    for (let symbol = 0; symbol < symbols; symbol++) {
      const frequency = symbol === largest ? rest : frequencyOf(codes[symbol]!, total);
      if (frequency === 0) continue;
      this.entries[(table << 8) | symbol] = (start << 15) | frequency;
      this.slots.fill(symbol, (table << SCALE_BITS) + start, (table << SCALE_BITS) + start + frequency);
      start += frequency;
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
