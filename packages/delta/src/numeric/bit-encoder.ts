import { type BitModels, OLDEST, STEPS } from './bit-models.js';

/** Binary range coder with carry into the bytes already written: delta-v1-numeric §3. Reused; `start` begins a stream. */
export class BitEncoder {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  // Unsigned numbers kept as their signed bits: V8 holds those without a heap object.
  #low = 0;
  #range = -1;

  /** Writes into `bytes` from `at`; the caller has seen to the room. */
  start(bytes: Uint8Array, at: number): this {
    this.#bytes = bytes;
    this.#at = at;
    this.#low = 0;
    this.#range = -1;
    return this;
  }

  /** Bytes written so far. */
  get at(): number {
    return this.#at;
  }

  /** Codes a bit by the model at `index`, which learns from it. */
  encode(models: BitModels, index: number, bit: number): void {
    const { chances, ages } = models;
    const chance = chances[index]!;
    const age = ages[index]!;
    const bound = Math.imul(this.#range >>> 12, chance >>> 4);
    if (bit === 0) {
      this.#range = bound;
      chances[index] = chance + (Math.imul(65_535 - chance, STEPS[age]!) >>> 16);
    } else {
      this.#add(bound);
      this.#range = (this.#range - bound) | 0;
      chances[index] = chance - (Math.imul(chance, STEPS[age]!) >>> 16);
    }
    if (age < OLDEST) ages[index] = age + 1;
    while (this.#range >>> 24 === 0) this.#shift();
  }

  /** Codes the low `width` bits of `value`, top bit first, each as likely as not. */
  encodePlain(value: number, width: number): void {
    for (let i = width - 1; i >= 0; i--) {
      const half = this.#range >>> 1;
      if ((value >>> i) & 1) this.#add(half);
      this.#range = half;
      while (this.#range >>> 24 === 0) this.#shift();
    }
  }

  /** @returns the end of the stream */
  finish(): number {
    for (let i = 0; i < 4; i++) this.#shift();
    return this.#at;
  }

  #add(offset: number): void {
    const low = (this.#low + offset) | 0;
    if (low >>> 0 < this.#low >>> 0) this.#carry();
    this.#low = low;
  }

  #carry(): void {
    let at = this.#at - 1;
    while (this.#bytes[at] === 255) this.#bytes[at--] = 0;
    this.#bytes[at]!++;
  }

  #shift(): void {
    this.#bytes[this.#at++] = this.#low >>> 24;
    this.#low <<= 8;
    this.#range <<= 8;
  }
}
