/** Weights of a block. */
export const BLOCK_WEIGHTS = 32;

/** How a GGUF type lays out its blocks: an f16 scale, then 32 codes. */
export interface QuantBlocks {
  readonly bytes: number;
  /** The code that the largest weight of a block has, by its magnitude. */
  readonly extreme: number;
  /** Reads the codes of the block at `at`. */
  unpack(block: Uint8Array, at: number, codes: Int8Array): void;
  pack(codes: Int8Array, block: Uint8Array, at: number): void;
}

/** 34 bytes: 32 signed codes; the largest is 127 or −127. */
export const Q8_0: QuantBlocks = {
  bytes: 34,
  extreme: 127,
  unpack(block, at, codes) {
    for (let i = 0; i < BLOCK_WEIGHTS; i++) codes[i] = block[at + 2 + i]!;
  },
  pack(codes, block, at) {
    for (let i = 0; i < BLOCK_WEIGHTS; i++) block[at + 2 + i] = codes[i]!;
  },
};

/** 18 bytes: 16 low halves, then their 16 high halves, each its code plus 8; the largest is −8 of a scale with a sign. */
export const Q4_0: QuantBlocks = {
  bytes: 18,
  extreme: 8,
  unpack(block, at, codes) {
    for (let i = 0; i < 16; i++) {
      codes[i] = (block[at + 2 + i]! & 15) - 8;
      codes[i + 16] = (block[at + 2 + i]! >>> 4) - 8;
    }
  },
  pack(codes, block, at) {
    for (let i = 0; i < 16; i++) block[at + 2 + i] = ((codes[i]! + 8) & 15) | ((codes[i + 16]! + 8) << 4);
  },
};
