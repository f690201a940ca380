import { type Copy, findCopies } from '../general/find-copies.js';
import { BytesIndex } from '../general/bytes-index.js';
import type { BaseBytes } from '../operation.js';
import { type Region, RegionBytes } from './region-bytes.js';
import type { Side } from './side.js';
import type { Stretch } from './stretches.js';

/** From here on, what no tensor explains is looked for in all of the base. */
const SMALL_BYTES = 256 * 1024;
/** A base up to this size is cheap to look through, whatever for. */
const SMALL_BASE_BYTES = 32 * 1024 * 1024;
/** Shortest copy of the bytes between tensors, such as the lines of a header. */
const SHORT_COPY_BYTES = 256;

/** What is at hand for the bytes of the target that no tensor of the base explains. */
export interface GeneralParts {
  /** Of each target file, in order: where the base has them as they are. */
  readonly copies: readonly (readonly Copy[])[];
  readonly index: BytesIndex;
}

/** Lets others run, between steps of some milliseconds. */
export type Breathe = () => Promise<void>;

export async function findGeneralParts(
  target: Side,
  base: Side | undefined,
  stretches: readonly (readonly Stretch[])[],
  breathe: Breathe,
): Promise<GeneralParts> {
  const none = { copies: stretches.map(() => []), index: await inSteps(BytesIndex.build(NO_BASE), breathe) };
  if (base === undefined) return none;
  const unmatched = stretches.map((list) => list.filter(({ match }) => match === undefined));
  const regions = new RegionBytes(target.bytes, unmatched);
  const older = olderFiles(target, base);
  if (sum(regions.sizes) > SMALL_BYTES || sum(base.bytes.sizes) <= SMALL_BASE_BYTES) {
    const copies = await inSteps(findCopies(regions, base.bytes, { older }), breathe);
    const index = await inSteps(BytesIndex.build(base.bytes), breathe);
    return { copies: placeCopies(copies, regions), index };
  }
  const around = new RegionBytes(base.bytes, betweenTensors(base));
  const copies = await inSteps(findCopies(regions, around, { older, leastBytes: SHORT_COPY_BYTES }), breathe);
  return {
    ...none,
    copies: placeCopies(
      copies.flatMap((copy) => placeSource(copy, around)),
      regions,
    ),
  };
}

const NO_BASE: BaseBytes = { sizes: [], read: () => {} };

async function inSteps<T>(steps: Generator<void, T>, breathe: Breathe): Promise<T> {
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done === true) return step.value;
    await breathe();
  }
}

function olderFiles(target: Side, base: Side): (number | undefined)[] {
  const paths = new Map(base.files.map(({ path }, index) => [path, index]));
  return target.files.map(({ path }) => paths.get(path));
}

function betweenTensors(base: Side): Region[][] {
  return base.files.map(({ tensors }, file) => {
    const regions: Region[] = [];
    let done = 0;
    for (const { offset, length } of tensors?.tensors ?? []) {
      if (offset > done) regions.push({ start: done, length: offset - done });
      done = Math.max(done, offset + length);
    }
    const size = base.bytes.sizes[file]!;
    return size > done ? [...regions, { start: done, length: size - done }] : regions;
  });
}

/** Sources in the base itself, where they were found in regions of it. */
function placeSource(copy: Copy, around: RegionBytes): Copy[] {
  return around.places(copy.sourceFile, copy.sourceOffset, copy.length).map(({ start, length, at }) => ({
    ...copy,
    offset: copy.offset + at - copy.sourceOffset,
    length,
    sourceOffset: start,
  }));
}

/** Offsets in the target itself, where they were found in regions of it. */
function placeCopies(copies: readonly Copy[], regions: RegionBytes): Copy[][] {
  const placed: Copy[][] = regions.sizes.map(() => []);
  for (const copy of copies) {
    for (const { start, length, at } of regions.places(copy.file, copy.offset, copy.length)) {
      placed[copy.file]!.push({ ...copy, offset: start, length, sourceOffset: copy.sourceOffset + at - copy.offset });
    }
  }
  return placed;
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
