import type { SymbolShape } from './symbol-shape.js';

/** Levels of activity that the adaptive coder tells apart. */
export const LEVELS = 8;
const RECENT = 5;
const TYPICAL = 7;
/** Units of a size, so that means keep fractions. */
const UNIT = 256;
const STEP_BITS = 8;

/**
 * How much larger than is usual in their contexts the sizes of the last symbols were: rows and tensors that change more than
 * others show by it (delta-v1-numeric §7.5). All in integers.
 */
export class LocalActivity {
  readonly #typical: Int32Array;
  readonly #sizes: Uint8Array;
  #recent = 0;

  constructor({ contexts, contextDetail, sizes }: SymbolShape) {
    this.#typical = new Int32Array(((contexts - 1) >>> contextDetail) + 1).fill(-1);
    this.#sizes = sizes;
  }

  /** 0 … LEVELS − 1. */
  get level(): number {
    return Math.max(0, Math.min(LEVELS - 1, (this.#recent + (LEVELS << (STEP_BITS - 1))) >> STEP_BITS));
  }

  /** Learns from a symbol in its coarse context. */
  see(context: number, symbol: number): void {
    const size = this.#sizes[symbol]! * UNIT;
    const typical = this.#typical[context]!;
    if (typical < 0) {
      this.#typical[context] = size;
      return;
    }
    this.#recent += (size - typical - this.#recent) >> RECENT;
    this.#typical[context] = typical + ((size - typical) >> TYPICAL);
  }
}
