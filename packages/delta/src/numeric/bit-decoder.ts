import { type BitModels, OLDEST, STEPS } from './bit-models.js';
import { malformedPayload } from './malformed-payload.js';

/** Reads what `BitEncoder` wrote: delta-v1-numeric §3. Reused; `start` begins a stream. */
export class BitDecoder {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #operation = '';
  // Unsigned numbers kept as their signed bits: V8 holds those without a heap object.
  #value = 0;
  #range = -1;

  /** Reads `bytes[at … end)`. @throws WeighbridgeError MALFORMED when that is less than 4 bytes */
  start(operation: string, bytes: Uint8Array, at: number, end: number): this {
    this.#operation = operation;
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    for (let i = 0; i < 4; i++) this.#shift();
    this.#range = -1;
    return this;
  }

  /** @throws WeighbridgeError MALFORMED when the stream ends early */
  decode(models: BitModels, index: number): number {
    const { chances, ages } = models;
    const chance = chances[index]!;
    const age = ages[index]!;
    if (age < OLDEST) ages[index] = age + 1;
    const bound = Math.imul(this.#range >>> 12, chance >>> 4);
    if (this.#value >>> 0 < bound >>> 0) {
      this.#range = bound;
      chances[index] = chance + (Math.imul(65_535 - chance, STEPS[age]!) >>> 16);
      while (this.#range >>> 24 === 0) this.#shift();
      return 0;
    }
    this.#value = (this.#value - bound) | 0;
    this.#range = (this.#range - bound) | 0;
    chances[index] = chance - (Math.imul(chance, STEPS[age]!) >>> 16);
    while (this.#range >>> 24 === 0) this.#shift();
    return 1;
  }

  /** @returns `width` bits, each as likely as not */
  decodePlain(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) {
      const half = this.#range >>> 1;
      const bit = this.#value >>> 0 < half ? 0 : 1;
      if (bit === 1) this.#value = (this.#value - half) | 0;
      this.#range = half;
      value = (value << 1) | bit;
      while (this.#range >>> 24 === 0) this.#shift();
    }
    return value;
  }

  /** @throws WeighbridgeError MALFORMED unless the stream was read to its last byte and ends as encoders end it */
  finish(): void {
    if (this.#at !== this.#end) throw malformedPayload(this.#operation, 'longer than its symbols');
    if (this.#value !== 0) throw malformedPayload(this.#operation, 'a range-coded part does not end as it must');
  }

  #shift(): void {
    if (this.#at >= this.#end) throw malformedPayload(this.#operation, 'ends inside of a range-coded part');
    this.#value = (this.#value << 8) | this.#bytes[this.#at++]!;
    this.#range <<= 8;
  }
}
