import type { BytesIndex } from './bytes-index.js';
import { type Alignment, Reach } from './reach.js';
import { hashBlock } from './rolling-hash.js';

/** A new place must have so many equal bytes more than the old one, or it is not worth its address. */
const GAIN = 8;
/** After 2 to this searches in vain every other place is searched, after twice as many every third … */
const HURRY = 11;
/** An exact run of so many bytes where the base was expected to go on is passed over without a search. */
const GOES_ON = 32;

/**
 * Lays the target along the base: from exact matches to both sides, as long as half of the bytes are equal.
 * @param near the address at which the base is expected to begin
 * @returns alignments in the order of the target, without overlap, none beyond the end of a file
 */
export function alignToBase(target: Uint8Array, index: BytesIndex, near = 0): readonly Alignment[] {
  if (index.pages.end === 0) return [];
  const reach = new Reach(target, index.pages);
  const alignments: Alignment[] = [];
  let last: Alignment = { at: 0, length: 0, address: near };
  for (let from = 0; ; ) {
    const next = nextMatch(target, index, last, from);
    const [before, after] = reach.settle(last, next);
    if (before.length > 0) alignments.push(before);
    if (next === undefined) return alignments;
    last = after;
    from = next.at + next.length;
  }
}

/** @returns an exact match, from `from` on, that is better than what the last alignment would have there */
function nextMatch(target: Uint8Array, index: BytesIndex, last: Alignment, from: number): Alignment | undefined {
  const expected = new ExpectedBytes(target, index, last, from);
  const end = target.length - index.seedBytes;
  let vain = 0;
  for (let at = from; at <= end; ) {
    const run = expected.runFrom(at);
    if (run >= GOES_ON) {
      at += run;
      expected.restartAt(at);
      continue;
    }
    const match = index.longestMatch(target, at, hashBlock(target, at, index.seedBytes));
    const length = match?.length ?? 0;
    const equal = expected.countUpTo(at, at + length);
    if (match !== undefined && length > equal + GAIN) return { at, ...match };
    // Where the match is the last alignment's own, there is nothing to be found inside of it.
    const isOwn = length > 0 && length === equal;
    vain = isOwn ? 0 : vain + 1;
    at += isOwn ? length : 1 + (vain >>> HURRY);
  }
  return undefined;
}

/** How many bytes of a part of the target, which moves on, are what the last alignment has there. */
class ExpectedBytes {
  readonly #shift: number;
  readonly #end: number;
  #from: number;
  #to: number;
  #equal = 0;

  constructor(
    private readonly target: Uint8Array,
    private readonly index: BytesIndex,
    last: Alignment,
    from: number,
  ) {
    this.#shift = last.address - last.at;
    this.#end = index.pages.endOfFile(last.address) - this.#shift;
    this.#from = from;
    this.#to = from;
  }

  runFrom(at: number): number {
    return at < this.#end ? this.index.pages.equalForward(this.target, at, at + this.#shift) : 0;
  }

  restartAt(at: number): void {
    this.#from = at;
    this.#to = at;
    this.#equal = 0;
  }

  /** @param from never less than before */
  countUpTo(from: number, to: number): number {
    for (; this.#from < from; this.#from += 1) if (this.#from < this.#to && this.#isEqual(this.#from)) this.#equal -= 1;
    this.#to = Math.max(this.#to, from);
    for (; this.#to < to; this.#to += 1) if (this.#isEqual(this.#to)) this.#equal += 1;
    return this.#equal;
  }

  #isEqual(at: number): boolean {
    return at < this.#end && this.index.pages.byteAt(at + this.#shift) === this.target[at];
  }
}
