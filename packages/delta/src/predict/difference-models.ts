import type { BitDecoder } from '../numeric/bit-decoder.js';
import type { BitEncoder } from '../numeric/bit-encoder.js';
import { MixedBits } from './mixed-bits.js';

/** Questions about one difference: delta-v1-predict §3.5. Each has a model of its own under each context. */
const UPWARD = 16;
const DOWNWARD = 32;
const SIGN = 47;
const SECOND_BIT = 50;
const NODES = 68;

const FINE = 64;
const COARSE = 32;
/** Exponents are told apart in so many steps. */
export const EXPONENT_STEPS = 32;
const LONGEST = 16;

/** Adaptive code of the differences between 16-bit floats and their predictions, given how large they are expected to be. */
export class DifferenceModels {
  readonly #bits = new MixedBits(FINE * NODES, COARSE * EXPONENT_STEPS * NODES, COARSE * NODES);
  #left = 0;
  #right = 0;
  #set = 0;
  #guess = 1;

  reset(): this {
    this.#bits.reset();
    return this;
  }

  /**
   * Sets what is known of the next difference.
   * @param expected logarithm of its size in 16ths of an octave, 0 for one unit in the last place
   * @param exponent of the prediction, below `EXPONENT_STEPS`
   */
  expect(expected: number, exponent: number): this {
    const octaves = (expected + 8) >> 4;
    const coarse = clamp(octaves + 8, COARSE - 1);
    this.#left = clamp(((expected + 4) >> 3) + 16, FINE - 1) * NODES;
    this.#right = (coarse * EXPONENT_STEPS + exponent) * NODES;
    this.#set = coarse * NODES;
    this.#guess = 1 + clamp(octaves, 14);
    return this;
  }

  encode(coder: BitEncoder, difference: number): void {
    const size = Math.abs(difference);
    const length = 32 - Math.clz32(size);
    this.#encodeLength(coder, length);
    if (length === 0) return;
    this.#put(coder, SIGN + Math.min(length, 3) - 1, SIGN + Math.min(length, 3) - 1, difference < 0 ? 1 : 0);
    if (length === 1) return;
    this.#put(coder, SECOND_BIT + length, SECOND_BIT + (length > 3 ? 1 : 0), (size >>> (length - 2)) & 1);
    coder.encodePlain(size, length - 2);
  }

  /** @returns −65,535 to 65,535 */
  decode(coder: BitDecoder): number {
    const length = this.#decodeLength(coder);
    if (length === 0) return 0;
    const sign = this.#take(coder, SIGN + Math.min(length, 3) - 1, SIGN + Math.min(length, 3) - 1);
    let size = 1;
    if (length > 1) {
      size = 2 | this.#take(coder, SECOND_BIT + length, SECOND_BIT + (length > 3 ? 1 : 0));
      size = (size << (length - 2)) | coder.decodePlain(length - 2);
    }
    return sign === 1 ? -size : size;
  }

  #encodeLength(coder: BitEncoder, length: number): void {
    const guess = this.#guess;
    const isAbove = length >= guess;
    this.#put(coder, guess, guess, isAbove ? 1 : 0);
    if (isAbove) {
      for (let i = guess + 1; i <= LONGEST; i++) {
        this.#put(coder, UPWARD + i - 1, UPWARD + i - 1, length >= i ? 1 : 0);
        if (length < i) return;
      }
    } else {
      for (let i = guess - 1; i > 0; i--) {
        this.#put(coder, DOWNWARD + i, DOWNWARD + i, length >= i ? 1 : 0);
        if (length >= i) return;
      }
    }
  }

  #decodeLength(coder: BitDecoder): number {
    const guess = this.#guess;
    if (this.#take(coder, guess, guess) === 1) {
      for (let i = guess + 1; i <= LONGEST; i++)
        if (this.#take(coder, UPWARD + i - 1, UPWARD + i - 1) === 0) return i - 1;
      return LONGEST;
    }
    for (let i = guess - 1; i > 0; i--) if (this.#take(coder, DOWNWARD + i, DOWNWARD + i) === 1) return i;
    return 0;
  }

  #put(coder: BitEncoder, left: number, right: number, bit: number): void {
    this.#bits.encode(coder, this.#left + left, this.#right + right, this.#set + right, bit);
  }

  #take(coder: BitDecoder, left: number, right: number): number {
    return this.#bits.decode(coder, this.#left + left, this.#right + right, this.#set + right);
  }
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : Math.min(value, most);
}
