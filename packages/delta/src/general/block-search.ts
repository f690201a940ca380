import type { BasePlace, BlockIndex } from './block-index.js';
import { hashBlock, leavingFactor, rollHash, spreadHash } from './rolling-hash.js';

/** Goes through bytes of the target, from block to block that the base may have. */
export class BlockSearch {
  /** Where in the bytes the block stands that was found last. */
  at = -1;
  #hash = 0;

  /** @param bytes at least a block */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly index: BlockIndex,
  ) {}

  /** @returns false when no later block is known */
  next(): boolean {
    // Local names, for all of them are read once a byte: three times as fast as members.
    const { bytes, index } = this;
    const { filter, filterShift, blockBytes } = index;
    const leavingBy = leavingFactor(blockBytes);
    const last = bytes.length - blockBytes;
    let { at } = this;
    let hash = this.#hash;
    while (at < last) {
      hash = at < 0 ? hashBlock(bytes, 0, blockBytes) : rollHash(hash, bytes[at + blockBytes]!, bytes[at]!, leavingBy);
      at += 1;
      const bit = spreadHash(hash) >>> filterShift;
      if (((filter[bit >>> 5]! >>> (bit & 31)) & 1) === 1 && index.has(hash)) return this.#found(at, hash);
    }
    return false;
  }

  /** @returns where the base has the block that was found last, as far as its hash can tell */
  places(): readonly BasePlace[] {
    return this.index.placesOf(this.#hash);
  }

  #found(at: number, hash: number): true {
    this.at = at;
    this.#hash = hash;
    return true;
  }
}
