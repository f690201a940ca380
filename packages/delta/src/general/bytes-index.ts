import type { BaseBytes } from '../operation.js';
import { BasePages } from './base-pages.js';
import { hashBlock, leavingFactor, rollHash, spreadHash } from './rolling-hash.js';

/** Places that are kept: 32 MiB of links. With heads and pages an index takes 80 MiB at most. */
const MOST_ENTRIES = 2 ** 23;
const HEAD_BITS = 22;
/** A chain is followed so far for the longest match. */
const DEPTH = 48;
/** A match of so many bytes is taken at once. */
const LONG_ENOUGH = 1024;
const READ_BYTES = 1_048_576;
/** Of a base of which every place is kept, and of a larger one. */
const SHORT_SEED = 8;
const LONG_SEED = 16;

/** Where the base goes on like the target, exactly. */
export interface Match {
  readonly address: number;
  readonly length: number;
}

/** Finds where a few bytes of the target stand in the base: at every address of a base up to 8 MiB, at every 2nd, 4th … of larger ones. */
export class BytesIndex {
  readonly pages: BasePages;
  readonly seedBytes: number;
  readonly step: number;
  /** Entry + 1 of the last place with such a hash; 0 for none. */
  readonly #heads: Uint32Array;
  /** For each entry the one before with such a hash, + 1. */
  readonly #links: Uint32Array;
  readonly #shift: number;

  private constructor(base: BaseBytes) {
    this.pages = new BasePages(base);
    this.step = 1;
    while (this.pages.end / this.step > MOST_ENTRIES) this.step *= 2;
    this.seedBytes = this.step === 1 ? SHORT_SEED : LONG_SEED;
    const entries = this.pages.end / this.step;
    const bits = Math.min(Math.max(32 - Math.clz32(entries), 10), HEAD_BITS);
    this.#heads = new Uint32Array(2 ** bits);
    this.#links = new Uint32Array(entries);
    this.#shift = 32 - bits;
  }

  /** Reads the base whole, from its end to its start; a step reads 1 MiB. */
  static *build(base: BaseBytes): Generator<void, BytesIndex> {
    const index = new BytesIndex(base);
    const buffer = new Uint8Array(READ_BYTES + index.seedBytes);
    const hashes = new Int32Array(READ_BYTES);
    for (let file = base.sizes.length - 1; file >= 0; file -= 1) {
      const size = base.sizes[file]!;
      for (let part = Math.ceil(size / READ_BYTES) - 1; part >= 0; part -= 1, yield) {
        const offset = part * READ_BYTES;
        const bytes = buffer.subarray(0, Math.min(buffer.length, size - offset));
        base.read(file, offset, bytes);
        index.#addAll(bytes, index.pages.addressOf({ file, offset }), hashes);
      }
    }
    return index;
  }

  /** @param hash that of the seed at `at` @returns the longest match from `at` on that a short search finds */
  longestMatch(bytes: Uint8Array, at: number, hash: number): Match | undefined {
    let [address, length] = [0, this.seedBytes - 1];
    let entry = this.#heads[spreadHash(hash) >>> this.#shift]!;
    for (let depth = 0; entry !== 0 && depth < DEPTH && length < LONG_ENOUGH; depth += 1) {
      const place = (entry - 1) * this.step;
      entry = this.#links[entry - 1]!;
      // A longer match has the byte that ends a longer one than the best so far.
      if (this.pages.byteAt(place + length) !== bytes[at + length]) continue;
      const equal = this.pages.equalForward(bytes, at, place);
      if (equal > length) [address, length] = [place, equal];
    }
    return length < this.seedBytes ? undefined : { address, length };
  }

  /**
   * The first place comes to stand first in its chain, for matches there are the longest in runs of a pattern. Of a run of one byte
   * that place alone is kept.
   */
  #addAll(bytes: Uint8Array, address: number, hashes: Int32Array): void {
    const count = Math.min(bytes.length - this.seedBytes + 1, READ_BYTES);
    this.#hashAll(bytes, count, hashes);
    for (let at = count - 1 - ((count - 1) % this.step); at >= 0; at -= this.step) {
      if (at < this.step || hashes[at] !== hashes[at - this.step]) this.#add(hashes[at]!, (address + at) / this.step);
    }
  }

  #hashAll(bytes: Uint8Array, count: number, hashes: Int32Array): void {
    const { seedBytes, step } = this;
    const leavingBy = leavingFactor(seedBytes);
    let hash = 0;
    for (let at = 0; at < count; at += step) {
      const rolls = step === 1 && at > 0;
      hash = rolls
        ? rollHash(hash, bytes[at + seedBytes - 1]!, bytes[at - 1]!, leavingBy)
        : hashBlock(bytes, at, seedBytes);
      hashes[at] = hash;
    }
  }

  #add(hash: number, entry: number): void {
    const slot = spreadHash(hash) >>> this.#shift;
    this.#links[entry] = this.#heads[slot]!;
    this.#heads[slot] = entry + 1;
  }
}
