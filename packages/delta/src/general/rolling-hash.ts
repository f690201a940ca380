/** A polynomial over bytes modulo 2^32: the hash of a block, which moves on by one byte in three operations. */
const FACTOR = 0x2c9277b5;
const FACTOR_2 = Math.imul(FACTOR, FACTOR);
const FACTOR_3 = Math.imul(FACTOR_2, FACTOR);
const FACTOR_4 = Math.imul(FACTOR_3, FACTOR);

/** @param length a multiple of 4 @returns the hash of `length` bytes from `from`, as a signed integer */
export function hashBlock(bytes: Uint8Array, from: number, length: number): number {
  let hash = 0;
  // Four bytes a turn: a turn waits for the one before, and one byte a turn is 2.5 times as slow.
  for (let at = from; at < from + length; at += 4) {
    const upper = Math.imul(bytes[at]!, FACTOR_3) + Math.imul(bytes[at + 1]!, FACTOR_2);
    hash = (Math.imul(hash, FACTOR_4) + upper + Math.imul(bytes[at + 2]!, FACTOR) + bytes[at + 3]!) | 0;
  }
  return hash;
}

/** @returns what the byte that leaves a block of `length` bytes counts in its hash, once it has moved on */
export function leavingFactor(length: number): number {
  let factor = 1;
  for (let index = 0; index < length; index += 1) factor = Math.imul(factor, FACTOR);
  return factor;
}

/** @returns the hash of the block one byte further on */
export function rollHash(hash: number, entering: number, leaving: number, leavingBy: number): number {
  return (Math.imul(hash, FACTOR) + entering - Math.imul(leaving, leavingBy)) | 0;
}

/** Spreads a hash over all 32 bits: the low ones of the polynomial know little. */
export function spreadHash(hash: number): number {
  return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1);
}
