import { malformedPackage } from '../byte-reader.js';
import type { BasePlace } from './block-index.js';

/** Numbers the bytes of a base: its files laid end to end, in their order (delta-v1-general §3.2). */
export class BaseAddresses {
  /** Address of each file's first byte, and the end of all. */
  readonly #starts: Float64Array;

  constructor(readonly sizes: readonly number[]) {
    this.#starts = new Float64Array(sizes.length + 1);
    for (const [file, size] of sizes.entries()) this.#starts[file + 1] = this.#starts[file]! + size;
  }

  addressOf({ file, offset }: BasePlace): number {
    return this.#starts[file]! + offset;
  }

  /** @throws WeighbridgeError MALFORMED unless `length` bytes from `address` on, at least one, lie in one file */
  placeOf(address: number, length: number): BasePlace {
    if (!(address >= 0 && address < this.#starts.at(-1)!))
      throw malformedPackage('a BYTES payload reads outside of the base');
    const file = this.#fileOf(address);
    const offset = address - this.#starts[file]!;
    if (length > this.sizes[file]! - offset)
      throw malformedPackage('a BYTES payload reads beyond the end of a file of the base');
    return { file, offset };
  }

  /** The last file that starts at or before: empty ones start where the next does. */
  #fileOf(address: number): number {
    let low = 0;
    let high = this.sizes.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= address) low = middle;
      else high = middle;
    }
    return low;
  }
}
