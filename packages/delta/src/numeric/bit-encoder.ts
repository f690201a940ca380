import { type BitModels, OLDEST, STEPS } from './bit-models.js';

/** Binary range coder with carry into the bytes already written: delta-v1-numeric §3. Reused; `start` begins a stream. */
export class BitEncoder {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  // Typed, so that V8 keeps unsigned 32-bit numbers out of the heap.
  readonly #state = new Uint32Array(2);

  /** Writes into `bytes` from `at`; the caller has seen to the room. */
  start(bytes: Uint8Array, at: number): this {
    this.#bytes = bytes;
    this.#at = at;
    this.#state[0] = 0;
    this.#state[1] = 0xffffffff;
    return this;
  }

  /** Bytes written so far. */
  get at(): number {
    return this.#at;
  }

  /** Codes a bit by the model at `index`, which learns from it. */
  encode(models: BitModels, index: number, bit: number): void {
    const chance = models.chances[index]!;
    const age = models.ages[index]!;
    const range = this.#state[1]!;
    const bound = Math.imul(range >>> 12, chance >>> 4) >>> 0;
    if (bit === 0) {
      this.#narrow(0, bound);
      models.chances[index] = chance + (Math.imul(65_535 - chance, STEPS[age]!) >>> 16);
    } else {
      this.#narrow(bound, range - bound);
      models.chances[index] = chance - (Math.imul(chance, STEPS[age]!) >>> 16);
    }
    if (age < OLDEST) models.ages[index] = age + 1;
  }

  /** Codes the low `width` bits of `value`, top bit first, each as likely as not. */
  encodePlain(value: number, width: number): void {
    for (let i = width - 1; i >= 0; i--) {
      const half = this.#state[1]! >>> 1;
      this.#narrow((value >>> i) & 1 ? half : 0, half);
    }
  }

  /** @returns the end of the stream */
  finish(): number {
    for (let i = 0; i < 4; i++) this.#emit();
    return this.#at;
  }

  #narrow(offset: number, range: number): void {
    const low = this.#state[0]! + offset;
    if (low > 0xffffffff) this.#carry();
    this.#state[0] = low;
    this.#state[1] = range;
    while (this.#state[1]! < 0x1000000) {
      this.#emit();
      this.#state[1] = this.#state[1]! << 8;
    }
  }

  #carry(): void {
    let at = this.#at - 1;
    while (this.#bytes[at] === 255) this.#bytes[at--] = 0;
    this.#bytes[at]!++;
  }

  #emit(): void {
    this.#bytes[this.#at++] = this.#state[0]! >>> 24;
    this.#state[0] = this.#state[0]! << 8;
  }
}
