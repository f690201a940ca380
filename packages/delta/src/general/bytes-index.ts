import type { BaseBytes } from '../operation.js';
import { BasePages } from './base-pages.js';
import { hashBlock, leavingFactor, rollHash, spreadHash } from './rolling-hash.js';

/** Places that are kept: 32 MiB of links. With heads and pages an index takes 96 MiB at most. */
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
    const longest = Math.min(
      READ_BYTES,
      base.sizes.reduce((most, size) => Math.max(most, size), 0),
    );
    const buffer = new Uint8Array(longest + index.seedBytes);
    const hashes = new Int32Array(longest);
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
    const [heads, links, shift, step] = [this.#heads, this.#links, this.#shift, this.step];
    const steps = Math.max(0, Math.ceil(count / step));
    const first = address / step;
    for (let at = steps - 1; at >= 0; at -= 1) {
      const hash = hashes[at]!;
      if (at > 0 && hash === hashes[at - 1]) continue;
      const slot = spreadHash(hash) >>> shift;
      links[first + at] = heads[slot]!;
      heads[slot] = first + at + 1;
    }
  }

  /** Fills in the hashes of the seeds at every step. */
  #hashAll(bytes: Uint8Array, count: number, hashes: Int32Array): void {
    const { seedBytes, step } = this;
    if (step > 1) {
      for (let at = 0; at < count; at += step) hashes[at / step] = hashBlock(bytes, at, seedBytes);
      return;
    }
    const leavingBy = leavingFactor(seedBytes);
    let hash = hashBlock(bytes, 0, seedBytes);
    for (let at = 0; at < count; at += 1) {
      hashes[at] = hash;
      hash = rollHash(hash, bytes[at + seedBytes] ?? 0, bytes[at]!, leavingBy);
    }
  }
}
