/** The same numbers on every machine: a 32-bit mixer over a counter. */
export class PseudoRandom {
  #count: number;

  constructor(seed: number) {
    this.#count = Math.imul(seed, 0x9e3779b9);
  }

  /** An unsigned integer of 32 bits. */
  word(): number {
    this.#count = (this.#count + 0x6d2b79f5) | 0;
    let x = Math.imul(this.#count ^ (this.#count >>> 15), this.#count | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  }

  /** 0 … below − 1. */
  integer(below: number): number {
    return this.word() % below;
  }

  /** Nearly normal, mean 0, deviation 1: a sum of twelve, free of functions that machines round in their own way. */
  normal(): number {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += this.word() / 2 ** 32;
    return sum;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.word() >>> 24);
  }
}
