import { type BitModels, OLDEST, STEPS } from './bit-models.js';
import { malformedPayload } from './malformed-payload.js';

/** Reads what `BitEncoder` wrote: delta-v1-numeric §3. Reused; `start` begins a stream. */
export class BitDecoder {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  #operation = '';
  readonly #state = new Uint32Array(2);

  /** Reads `bytes[at … end)`. @throws WeighbridgeError MALFORMED when that is less than 4 bytes */
  start(operation: string, bytes: Uint8Array, at: number, end: number): this {
    this.#operation = operation;
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
    this.#state[1] = 0xffffffff;
    for (let i = 0; i < 4; i++) this.#take();
    return this;
  }

  /** @throws WeighbridgeError MALFORMED when the stream ends early */
  decode(models: BitModels, index: number): number {
    const chance = models.chances[index]!;
    const age = models.ages[index]!;
    if (age < OLDEST) models.ages[index] = age + 1;
    const range = this.#state[1]!;
    const bound = Math.imul(range >>> 12, chance >>> 4) >>> 0;
    const bit = this.#state[0]! < bound ? 0 : 1;
    if (bit === 0) {
      this.#state[1] = bound;
      models.chances[index] = chance + (Math.imul(65_535 - chance, STEPS[age]!) >>> 16);
    } else {
      this.#state[0]! -= bound;
      this.#state[1] = range - bound;
      models.chances[index] = chance - (Math.imul(chance, STEPS[age]!) >>> 16);
    }
    if (this.#state[1]! < 0x1000000) this.#widen();
    return bit;
  }

  /** @returns `width` bits, each as likely as not */
  decodePlain(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) {
      const half = this.#state[1]! >>> 1;
      const bit = this.#state[0]! < half ? 0 : 1;
      if (bit === 1) this.#state[0]! -= half;
      this.#state[1] = half;
      value = (value << 1) | bit;
      if (half < 0x1000000) this.#widen();
    }
    return value;
  }

  /** @throws WeighbridgeError MALFORMED unless the stream was read to its last byte and ends as encoders end it */
  finish(): void {
    if (this.#at !== this.#end) throw malformedPayload(this.#operation, 'longer than its symbols');
    if (this.#state[0] !== 0) throw malformedPayload(this.#operation, 'a range-coded part does not end as it must');
  }

  #widen(): void {
    while (this.#state[1]! < 0x1000000) {
      this.#take();
      this.#state[1] = this.#state[1]! << 8;
    }
  }

  #take(): void {
    if (this.#at >= this.#end) throw malformedPayload(this.#operation, 'ends inside of a range-coded part');
    this.#state[0] = (this.#state[0]! << 8) | this.#bytes[this.#at++]!;
  }
}
