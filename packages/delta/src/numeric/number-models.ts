import type { BitDecoder } from './bit-decoder.js';
import type { BitEncoder } from './bit-encoder.js';
import { BitModels } from './bit-models.js';

const LENGTHS = 32;
const PER_KIND = LENGTHS * 3;

/**
 * Adaptive code of unsigned numbers below 2^31 (delta-v1-numeric §3.5): the length of value + 1 in unary, its top two bits below the
 * leading one by models of that length, the rest plain. One set of models for each kind of number.
 */
export class NumberModels {
  readonly #models: BitModels;

  constructor(kinds: number) {
    this.#models = new BitModels(kinds * (LENGTHS + PER_KIND));
  }

  reset(): this {
    this.#models.reset();
    return this;
  }

  encode(coder: BitEncoder, kind: number, value: number): void {
    const base = kind * (LENGTHS + PER_KIND);
    const plus = value + 1;
    const length = 31 - Math.clz32(plus);
    for (let i = 0; i < length; i++) coder.encode(this.#models, base + i, 1);
    coder.encode(this.#models, base + length, 0);
    if (length === 0) return;
    const tree = base + LENGTHS + length * 3;
    const first = (plus >>> (length - 1)) & 1;
    coder.encode(this.#models, tree, first);
    if (length === 1) return;
    coder.encode(this.#models, tree + 1 + first, (plus >>> (length - 2)) & 1);
    coder.encodePlain(plus, length - 2);
  }

  /** @returns a number of at most `most`, or −1 when the stream holds a larger one */
  decode(coder: BitDecoder, kind: number, most: number): number {
    const base = kind * (LENGTHS + PER_KIND);
    let length = 0;
    while (coder.decode(this.#models, base + length) === 1) if (++length > 30) return -1;
    if (length === 0) return 0;
    const tree = base + LENGTHS + length * 3;
    let plus = 2 | coder.decode(this.#models, tree);
    if (length > 1) {
      plus = (plus << 1) | coder.decode(this.#models, tree + 1 + (plus & 1));
      plus = (plus << (length - 2)) | coder.decodePlain(length - 2);
    }
    return plus - 1 <= most ? plus - 1 : -1;
  }
}

/** 0, −1, 1, −2 … as 0, 1, 2, 3 …. */
export function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

export function unzigzag(value: number): number {
  return value & 1 ? -((value + 1) / 2) : value / 2;
}
