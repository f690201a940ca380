import type { BasePages } from './base-pages.js';

/** Bytes of the target that are like those of the base at `address`, most of them equal. */
export interface Alignment {
  readonly at: number;
  readonly length: number;
  readonly address: number;
}

/** What one target may cost in steps backward; once spent, alignments reach back a little only. Patterns would cost far more. */
const BACKWARD_STEPS = 16_777_216;
const SHORT_REACH = 64;

/** Says how far alignments reach beyond the exact match that they were found by. */
export class Reach {
  #stepsLeft = BACKWARD_STEPS;

  constructor(
    private readonly target: Uint8Array,
    private readonly pages: BasePages,
  ) {}

  /** @returns the last alignment with its length, and the next one from its start on, its length still open */
  settle(last: Alignment, next: Alignment | undefined): readonly [Alignment, Alignment] {
    const forward = this.#forward(last, next?.at ?? this.target.length);
    if (next === undefined) return [{ ...last, length: forward }, last];
    const backward = this.#backward(next, last.at);
    const overlap = Math.max(0, last.at + forward - (next.at - backward));
    const kept = this.#bestCut(last, next, next.at - backward, overlap);
    const start = next.at - backward + kept;
    const after = { at: start, length: 0, address: next.address - (next.at - start) };
    return [{ ...last, length: forward - overlap + kept }, after];
  }

  /** @returns the length at which equal bytes outnumber the others by most */
  #forward(last: Alignment, until: number): number {
    const most = Math.min(until - last.at, this.pages.endOfFile(last.address) - last.address);
    let [score, best, length] = [0, 0, 0];
    for (let done = 0; done < most; ) {
      const bytes = this.pages.from(last.address + done);
      const part = Math.min(bytes.length, most - done);
      for (let index = 0; index < part; index += 1) {
        score += bytes[index] === this.target[last.at + done + index] ? 1 : -1;
        if (score > best) [best, length] = [score, done + index + 1];
      }
      done += part;
    }
    return length;
  }

  #backward(next: Alignment, from: number): number {
    const room = Math.min(next.at - from, next.address - this.pages.startOfFile(next.address));
    const most = Math.min(room, this.#stepsLeft > 0 ? room : SHORT_REACH);
    let [score, best, length] = [0, 0, 0];
    for (let done = 0; done < most; ) {
      const bytes = this.pages.before(next.address - done);
      const part = Math.min(bytes.length, most - done);
      for (let index = 1; index <= part; index += 1) {
        score += bytes[bytes.length - index] === this.target[next.at - done - index] ? 1 : -1;
        if (score > best) [best, length] = [score, done + index];
      }
      done += part;
    }
    this.#stepsLeft -= most;
    return length;
  }

  /** @returns how many of the bytes that both could have stay with the last alignment */
  #bestCut(last: Alignment, next: Alignment, from: number, overlap: number): number {
    const ours = last.address - last.at + from;
    const theirs = next.address - next.at + from;
    let [score, best, kept] = [0, 0, 0];
    for (let index = 0; index < overlap; index += 1) {
      const byte = this.target[from + index];
      if (this.pages.byteAt(ours + index) === byte) score += 1;
      if (this.pages.byteAt(theirs + index) === byte) score -= 1;
      if (score > best) [best, kept] = [score, index + 1];
    }
    return kept;
  }
}
