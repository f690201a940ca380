import type { BaseBytes } from '../operation.js';

/** A run of bytes of a file. */
export interface Region {
  readonly start: number;
  readonly length: number;
}

/** The regions of each file laid end to end, as if there were nothing between them. */
export class RegionBytes implements BaseBytes {
  readonly sizes: readonly number[];
  /** For each file where each of its regions begins in the laid out bytes. */
  private readonly starts: readonly Float64Array[];

  constructor(
    private readonly bytes: BaseBytes,
    private readonly regions: readonly (readonly Region[])[],
  ) {
    this.starts = regions.map((list) => startsOf(list));
    this.sizes = regions.map((list) => list.reduce((sum, { length }) => sum + length, 0));
  }

  read(file: number, offset: number, into: Uint8Array): void {
    for (const { start, length, at } of this.places(file, offset, into.length)) {
      this.bytes.read(file, start, into.subarray(at - offset, at - offset + length));
    }
  }

  /** The runs of the real file that `length` bytes from `offset` stand for; `at` is where each is in the laid out bytes. */
  places(file: number, offset: number, length: number): (Region & { readonly at: number })[] {
    const [regions, starts] = [this.regions[file]!, this.starts[file]!];
    const places: (Region & { readonly at: number })[] = [];
    const end = offset + length;
    for (let index = lastAtOrBefore(starts, offset); index < regions.length && starts[index]! < end; index += 1) {
      const from = Math.max(offset, starts[index]!);
      const to = Math.min(end, starts[index]! + regions[index]!.length);
      if (to > from) places.push({ start: regions[index]!.start + from - starts[index]!, length: to - from, at: from });
    }
    return places;
  }
}

function startsOf(regions: readonly Region[]): Float64Array {
  let start = 0;
  return Float64Array.from(regions, ({ length }) => {
    start += length;
    return start - length;
  });
}

function lastAtOrBefore(starts: Float64Array, offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
