import type { BaseBytes } from '../operation.js';

/** A first look costs little when nothing matches; then more at a time. */
const FIRST_LOOK = 256;
const LONGEST_LOOK = 262_144;

/** A place in one of two sets of files. */
export interface Place {
  readonly file: number;
  readonly offset: number;
}

/** Compares the target with the base, in both directions, through two buffers of 256 KiB. */
export class RunComparer {
  readonly #ours = Buffer.alloc(LONGEST_LOOK);
  readonly #theirs = Buffer.alloc(LONGEST_LOOK);

  constructor(
    private readonly target: BaseBytes,
    private readonly base: BaseBytes,
  ) {}

  /** @returns how many bytes from both places on are equal, `limit` and the ends of the files at most */
  forward(ours: Place, theirs: Place, limit: number): number {
    const most = Math.min(limit, this.#left(this.target, ours), this.#left(this.base, theirs));
    let length = 0;
    for (let look = FIRST_LOOK; length < most; look = Math.min(look * 8, LONGEST_LOOK)) {
      const step = Math.min(look, most - length);
      this.#read(ours, theirs, length, step);
      if (!this.#equal(step)) return length + this.#equalAtStart(step);
      length += step;
    }
    return Math.max(length, 0);
  }

  /** @returns how many bytes before both places are equal, `limit` and the starts of the files at most */
  backward(ours: Place, theirs: Place, limit: number): number {
    const most = Math.min(limit, ours.offset, theirs.offset);
    let length = 0;
    for (let look = FIRST_LOOK; length < most; look = Math.min(look * 8, LONGEST_LOOK)) {
      const step = Math.min(look, most - length);
      this.#read(ours, theirs, -length - step, step);
      if (!this.#equal(step)) return length + this.#equalAtEnd(step);
      length += step;
    }
    return length;
  }

  #left(files: BaseBytes, place: Place): number {
    return (files.sizes[place.file] ?? 0) - place.offset;
  }

  #read(ours: Place, theirs: Place, from: number, length: number): void {
    this.target.read(ours.file, ours.offset + from, this.#ours.subarray(0, length));
    this.base.read(theirs.file, theirs.offset + from, this.#theirs.subarray(0, length));
  }

  #equal(length: number): boolean {
    return this.#ours.compare(this.#theirs, 0, length, 0, length) === 0;
  }

  #equalAtStart(length: number): number {
    let at = 0;
    while (at < length && this.#ours[at] === this.#theirs[at]) at += 1;
    return at;
  }

  #equalAtEnd(length: number): number {
    let at = 0;
    while (at < length && this.#ours[length - 1 - at] === this.#theirs[length - 1 - at]) at += 1;
    return at;
  }
}
