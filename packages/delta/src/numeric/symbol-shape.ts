/** How an operation's elements become symbols: delta-v1-numeric §7. */
export interface SymbolShape {
  /** Shown in refusals. */
  readonly operation: string;
  /** Bytes of an element. */
  readonly width: 1 | 2 | 4;
  readonly symbols: number;
  /** Bits of a key that hold the symbol, at most 8. */
  readonly symbolBits: number;
  /** Contexts are 0 … contexts − 1; neighbors are alike. */
  readonly contexts: number;
  /** Low bits of a context that the adaptive coder leaves out. */
  readonly contextDetail: number;
  /** Bits of the value that each symbol leaves open. */
  readonly widths: Uint8Array;
  /** Size of what each symbol stands for, on a scale of halved octaves where there is one. */
  readonly sizes: Uint8Array;
  /** The symbol that leaves all bits open, for values whose own symbol a table lacks; −1 for none. */
  readonly escape: number;
}

/** First byte of a block: delta-v1-numeric §7.2. */
export const CODER = { plain: 0, zero: 1, own: 2, trained: 3, adaptive: 4 } as const;
