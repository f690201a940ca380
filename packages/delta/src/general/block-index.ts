import type { BaseBytes } from '../operation.js';
import { hashBlock, spreadHash } from './rolling-hash.js';

/** Where a block of the base stands. */
export interface BasePlace {
  readonly file: number;
  readonly offset: number;
}

/** Equal blocks that are kept apart: one of them goes on as the target does. More would slow down long runs of zeros. */
const KEPT_OF_EQUALS = 8;
const READ_BYTES = 1_048_576;

/** The filter has 16 bits for each slot, 4 MiB at most. */
const FILTER_BITS = 25;

/** Finds blocks of the base, cut at multiples of `blockBytes`, by their hash. 15 to 30 bytes of memory a block. */
export class BlockIndex {
  readonly #firstBlocks: Float64Array;
  readonly #hashes: Int32Array;
  /** Block number + 1; 0 is an empty slot. */
  readonly #blocks: Uint32Array;
  readonly #shift: number;
  /** A bit for each of many hashes, small enough for a processor's cache: where it is 0, no block has that hash. */
  readonly filter: Uint32Array;
  readonly filterShift: number;

  private constructor(
    base: BaseBytes,
    readonly blockBytes: number,
  ) {
    this.#firstBlocks = new Float64Array(base.sizes.length + 1);
    for (const [file, size] of base.sizes.entries()) {
      this.#firstBlocks[file + 1] = this.#firstBlocks[file]! + Math.floor(size / blockBytes);
    }
    const bits = slotBits(base.sizes, blockBytes);
    this.#hashes = new Int32Array(2 ** bits);
    this.#blocks = new Uint32Array(2 ** bits);
    this.#shift = 32 - bits;
    const filterBits = Math.min(bits + 4, FILTER_BITS);
    this.filter = new Uint32Array(2 ** (filterBits - 5));
    this.filterShift = 32 - filterBits;
  }

  /** @returns the memory that an index of such a base takes */
  static bytesOf(sizes: readonly number[], blockBytes: number): number {
    const bits = slotBits(sizes, blockBytes);
    return 8 * 2 ** bits + 2 ** (Math.min(bits + 4, FILTER_BITS) - 3) + 8 * sizes.length;
  }

  /** Reads the base whole; a step reads 1 MiB. */
  static *build(base: BaseBytes, blockBytes: number): Generator<void, BlockIndex> {
    const index = new BlockIndex(base, blockBytes);
    const buffer = new Uint8Array(Math.max(READ_BYTES, blockBytes));
    for (const [file, size] of base.sizes.entries()) {
      const whole = size - (size % blockBytes);
      for (let offset = 0; offset < whole; offset += buffer.length) {
        const bytes = buffer.subarray(0, Math.min(buffer.length, whole - offset));
        base.read(file, offset, bytes);
        index.#addBlocks(bytes, index.#firstBlocks[file]! + offset / blockBytes);
        yield;
      }
    }
    return index;
  }

  /** True when a block of the base has this hash. */
  has(hash: number): boolean {
    const mask = this.#blocks.length - 1;
    for (let slot = spreadHash(hash) >>> this.#shift; this.#blocks[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[slot] === hash) return true;
    }
    return false;
  }

  /** @returns places whose block has this hash, in the order of the base, 8 at most */
  placesOf(hash: number): readonly BasePlace[] {
    const places: BasePlace[] = [];
    const mask = this.#blocks.length - 1;
    for (let slot = spreadHash(hash) >>> this.#shift; this.#blocks[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[slot] === hash) places.push(this.#placeOf(this.#blocks[slot]! - 1));
    }
    return places;
  }

  #addBlocks(bytes: Uint8Array, firstBlock: number): void {
    for (let at = 0; at < bytes.length; at += this.blockBytes) {
      this.#add(hashBlock(bytes, at, this.blockBytes), firstBlock + at / this.blockBytes);
    }
  }

  #add(hash: number, block: number): void {
    const mask = this.#blocks.length - 1;
    let equals = 0;
    let slot = spreadHash(hash) >>> this.#shift;
    for (; this.#blocks[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#hashes[slot] === hash && ++equals === KEPT_OF_EQUALS) return;
    }
    this.#hashes[slot] = hash;
    this.#blocks[slot] = block + 1;
    const bit = spreadHash(hash) >>> this.filterShift;
    this.filter[bit >>> 5]! |= 1 << (bit & 31);
  }

  #placeOf(block: number): BasePlace {
    let low = 0;
    let high = this.#firstBlocks.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#firstBlocks[middle]! <= block) low = middle;
      else high = middle;
    }
    return { file: low, offset: (block - this.#firstBlocks[low]!) * this.blockBytes };
  }
}

/** Two thirds of the slots are taken at most. */
function slotBits(sizes: readonly number[], blockBytes: number): number {
  const blocks = sizes.reduce((sum, size) => sum + Math.floor(size / blockBytes), 0);
  let bits = 6;
  while (2 ** bits < blocks * 1.5) bits += 1;
  return bits;
}
