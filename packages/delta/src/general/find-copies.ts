import type { BaseBytes } from '../operation.js';
import { BlockIndex } from './block-index.js';
import { BlockSearch } from './block-search.js';
import { type Place, RunComparer } from './common-run.js';

/** Bytes of the target that stand in the base as they are. */
export interface Copy {
  /** File of the target, and where in it. */
  readonly file: number;
  readonly offset: number;
  readonly length: number;
  /** File of the base, and where in it; any offset, odd ones too. */
  readonly sourceFile: number;
  readonly sourceOffset: number;
}

export interface FindCopiesOptions {
  /** Shortest run that is looked for and given; 4,096 by default, 128 at least. */
  readonly leastBytes?: number;
  /** For each file of the target the file of the base that is likely to be its older self, where there is one. */
  readonly older?: readonly (number | undefined)[];
  /** What the index of the base may take; 64 MiB by default. A base that needs more is cut into longer blocks. */
  readonly indexBytes?: number;
}

const LEAST_BYTES = 4096;
const INDEX_BYTES = 67_108_864;
/** A longer run is given in parts that are joined afterwards, so that the caller is never kept waiting. */
const LONGEST_STEP = 33_554_432;
/** The target is searched by so many bytes a time; before each, the last copy is tried on. */
const STRIDE = 16_384;
/** Equal hashes that lead to nothing, in one stride: long runs of one short pattern would take forever. */
const VAIN_TRIES = 16;

/**
 * Finds where the target repeats the base, at any offset: files renamed, parts moved, doubled or inserted. A run of the base
 * that goes on where the last one ended is compared, not searched; only where that fails the base is indexed, once.
 * Every step takes milliseconds; between two the caller may let others run.
 *
 * @returns copies in the order of the target, without overlap, each verified byte by byte. The same for the same bytes.
 * A run of `leastBytes` is found wherever it stands, unless the base has more blocks than the index can hold or has the same block
 * more than eight times.
 * @throws whatever `read` does
 */
export function* findCopies(
  target: BaseBytes,
  base: BaseBytes,
  options: FindCopiesOptions = {},
): Generator<void, readonly Copy[]> {
  const search = new CopySearch(target, base, options);
  for (const [file, size] of target.sizes.entries()) yield* search.searchFile(file, size);
  return search.copies;
}

class CopySearch {
  readonly copies: Copy[] = [];
  readonly #least: number;
  readonly #blockBytes: number;
  readonly #comparer: RunComparer;
  readonly #window: Uint8Array;
  #index: BlockIndex | undefined;
  /** Where the base would go on, were the target at `offset` of its file. */
  #expected: Place | undefined;

  constructor(
    private readonly target: BaseBytes,
    private readonly base: BaseBytes,
    private readonly options: FindCopiesOptions,
  ) {
    this.#least = Math.max(options.leastBytes ?? LEAST_BYTES, 128);
    this.#blockBytes = blockBytesFor(base.sizes, this.#least, options.indexBytes ?? INDEX_BYTES);
    this.#comparer = new RunComparer(target, base);
    this.#window = new Uint8Array(STRIDE + this.#blockBytes);
  }

  *searchFile(file: number, size: number): Generator<void, void> {
    const older = this.options.older?.[file];
    if (older !== undefined) this.#expected = { file: older, offset: 0 };
    this.#expected ??= { file: 0, offset: 0 };
    let done = 0;
    for (let at = 0; at < size; yield) {
      const copy = this.#expectedCopy(file, at, done) ?? (yield* this.#searchedCopy(file, at, done, size));
      if (copy === undefined) {
        this.#moveOn(STRIDE);
        at += STRIDE;
        continue;
      }
      this.#take(copy);
      at = copy.offset + copy.length;
      done = at;
    }
  }

  /** Tries to go on with the last copy, here or behind a short change. */
  #expectedCopy(file: number, at: number, done: number): Copy | undefined {
    for (const ahead of [0, this.#least]) {
      const copy = this.#expected && this.#copyAt({ file, offset: at + ahead }, shifted(this.#expected, ahead), done);
      if (copy !== undefined) return copy;
    }
    return undefined;
  }

  *#searchedCopy(file: number, at: number, done: number, size: number): Generator<void, Copy | undefined> {
    this.#index ??= yield* BlockIndex.build(this.base, this.#blockBytes);
    const length = Math.min(this.#window.length, size - at);
    const bytes = this.#window.subarray(0, length);
    if (length < this.#blockBytes) return undefined;
    this.target.read(file, at, bytes);
    return this.#firstCopy({ file, offset: at }, bytes, done);
  }

  #firstCopy(start: Place, bytes: Uint8Array, done: number): Copy | undefined {
    const search = new BlockSearch(bytes, this.#index!);
    for (let vain = 0; vain < VAIN_TRIES && search.next(); vain += 1) {
      const copy = this.#longestCopy(shifted(start, search.at), search.places(), done);
      if (copy !== undefined) return copy;
    }
    return undefined;
  }

  #longestCopy(ours: Place, places: readonly Place[], done: number): Copy | undefined {
    let longest: Copy | undefined;
    for (const theirs of places) {
      const copy = this.#copyAt(ours, theirs, done);
      if (copy !== undefined && copy.length > (longest?.length ?? 0)) longest = copy;
    }
    return longest;
  }

  /** @returns the run through both places, when it is long enough; it begins at `done` at the earliest */
  #copyAt(ours: Place, theirs: Place, done: number): Copy | undefined {
    if (theirs.offset < 0) return undefined;
    const after = this.#comparer.forward(ours, theirs, LONGEST_STEP);
    if (after === 0) return undefined;
    const before = this.#comparer.backward(ours, theirs, ours.offset - done);
    if (before + after < this.#least && !this.#goesOn(ours, theirs, done)) return undefined;
    return {
      file: ours.file,
      offset: ours.offset - before,
      length: before + after,
      sourceFile: theirs.file,
      sourceOffset: theirs.offset - before,
    };
  }

  /** A run that was cut at the longest step goes on, however short the rest. */
  #goesOn(ours: Place, theirs: Place, done: number): boolean {
    const last = this.copies.at(-1);
    return last !== undefined && ours.offset === done && joins(last, ours, theirs);
  }

  #take(copy: Copy): void {
    const last = this.copies.at(-1);
    const theirs = { file: copy.sourceFile, offset: copy.sourceOffset };
    this.#expected = shifted(theirs, copy.length);
    if (last === undefined || !joins(last, copy, theirs)) this.copies.push(copy);
    else this.copies[this.copies.length - 1] = { ...last, length: last.length + copy.length };
  }

  #moveOn(length: number): void {
    this.#expected = this.#expected && shifted(this.#expected, length);
  }
}

/** Every run of `least` bytes holds a whole block, wherever it stands, when a block is half as long. */
function blockBytesFor(sizes: readonly number[], least: number, indexBytes: number): number {
  let blockBytes = 64;
  while (blockBytes * 4 <= least) blockBytes *= 2;
  while (BlockIndex.bytesOf(sizes, blockBytes) > indexBytes) blockBytes *= 2;
  return blockBytes;
}

function joins(last: Copy, ours: Place, theirs: Place): boolean {
  return (
    last.file === ours.file &&
    last.sourceFile === theirs.file &&
    last.offset + last.length === ours.offset &&
    last.sourceOffset + last.length === theirs.offset
  );
}

function shifted(place: Place, by: number): Place {
  return { file: place.file, offset: place.offset + by };
}
