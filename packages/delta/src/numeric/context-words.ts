/** Where a decoder finds the context of element i: `(words[i] & mask) >>> shift`, in words that lie there anyway if possible. */
export interface ContextWords {
  readonly words: Uint16Array;
  readonly mask: number;
  readonly shift: number;
}
