import { COPY, GENERAL_ID, operationOf } from '../operations.js';
import { NO_RESOURCE, type Piece } from '../package-table.js';
import { type Copy, findCopies } from '../general/find-copies.js';
import { type ChosenOperation, chooseOperation, type ChooseDoors } from './choose-operation.js';
import { matchTensors, type TensorMatch } from './match-tensors.js';
import { RegionBytes } from './region-bytes.js';
import { type PlannedResource, ResourceList } from './resource-list.js';
import { type PlacedTensor, placedTensors, type Side } from './side.js';

/** Smaller tensors are written with what stands around them. */
const LEAST_TENSOR_BYTES = 512;
/** Less than this is not worth looking for in the base: BYTES finds it as well. */
const LEAST_REGION_BYTES = 64 * 1024;

export interface PlannedFile {
  /** Cover the file. */
  readonly pieces: readonly Piece[];
  /** For each piece the tensor that it belongs to, or the empty string. */
  readonly names: readonly string[];
}

export interface PackagePlan {
  readonly files: readonly PlannedFile[];
  readonly resources: readonly PlannedResource[];
}

export interface PlanDoors {
  readonly encodeBytes: ChooseDoors['encodeBytes'];
  /** Lets others run, between steps of some milliseconds. */
  readonly breathe: () => Promise<void>;
}

/** A run of a target file that has one plan. */
interface Stretch {
  readonly start: number;
  readonly length: number;
  readonly tensor: PlacedTensor | undefined;
  /** Undefined for what was not made of a tensor of the base. */
  readonly match: TensorMatch | undefined;
}

/**
 * How each part of the target is to be written: tensors by those that they were made of, what is left by copies of the base,
 * the rest in the most general way.
 * @param base undefined for a full package
 */
export async function planPackage(
  { encodeBytes, breathe }: PlanDoors,
  target: Side,
  base: Side | undefined,
): Promise<PackagePlan> {
  const tensors = placedTensors(target);
  const matches = base === undefined ? new Map<PlacedTensor, TensorMatch>() : matchTensors(target, tensors, base);
  const stretches = stretchesOf(target, tensors, matches);
  const copies = base === undefined ? [] : await copiesOf(target, base, stretches, breathe);
  const doors = { target, base, encodeBytes, resources: new ResourceList() };
  const files: PlannedFile[] = [];
  for (const [file, list] of stretches.entries()) {
    const pieces: Piece[] = [];
    const names: string[] = [];
    for (const stretch of list) {
      const planned = planStretch(doors, stretch, copies[file] ?? []);
      pieces.push(...planned);
      names.push(...planned.map(() => stretch.tensor?.name ?? ''));
      await breathe();
    }
    files.push({ pieces, names });
  }
  return { files, resources: doors.resources.resources };
}

/** Cuts each file at its tensors. */
function stretchesOf(
  target: Side,
  tensors: readonly PlacedTensor[],
  matches: ReadonlyMap<PlacedTensor, TensorMatch>,
): Stretch[][] {
  return target.bytes.sizes.map((size, file) => {
    const stretches: Stretch[] = [];
    let done = 0;
    const fill = (to: number): void => {
      if (to > done) stretches.push({ start: done, length: to - done, tensor: undefined, match: undefined });
      done = Math.max(done, to);
    };
    for (const tensor of tensors.filter((one) => one.file === file && one.length >= LEAST_TENSOR_BYTES)) {
      if (tensor.offset < done) continue;
      const match = matches.get(tensor);
      const together = match?.length ?? 0;
      fill(tensor.offset);
      if (together > 0) stretches.push({ start: tensor.offset, length: together, tensor, match });
      done += together;
      if (tensor.length > together)
        stretches.push({ start: done, length: tensor.length - together, tensor, match: undefined });
      done = tensor.offset + tensor.length;
    }
    fill(size);
    return stretches;
  });
}

/** Where the base has what no tensor of it stands for; of each file, in order. */
async function copiesOf(
  target: Side,
  base: Side,
  stretches: readonly (readonly Stretch[])[],
  breathe: () => Promise<void>,
): Promise<Copy[][]> {
  const unmatched = stretches.map((list) => list.filter(({ match }) => match === undefined));
  const regions = new RegionBytes(target.bytes, unmatched);
  const found: Copy[][] = stretches.map(() => []);
  if (regions.sizes.reduce((sum, size) => sum + size, 0) < LEAST_REGION_BYTES) return found;
  const paths = new Map(base.files.map(({ path }, index) => [path, index]));
  const older = target.files.map(({ path }) => paths.get(path));
  const search = findCopies(regions, base.bytes, { older });
  for (let step = search.next(); ; step = search.next()) {
    if (step.done !== true) {
      await breathe();
      continue;
    }
    for (const copy of step.value) {
      for (const { start, length, at } of regions.places(copy.file, copy.offset, copy.length)) {
        found[copy.file]!.push({ ...copy, offset: start, length, sourceOffset: copy.sourceOffset + at - copy.offset });
      }
    }
    return found;
  }
}

function planStretch(doors: ChooseDoors, stretch: Stretch, copies: readonly Copy[]): Piece[] {
  const { start, length, tensor, match } = stretch;
  if (tensor !== undefined && match !== undefined) {
    const source = { file: match.base.file, offset: match.base.offset };
    return typedPieces({ start, length, source }, chooseOperation(doors, tensor, match));
  }
  const rest = tensor === undefined ? GENERAL : chooseOperation(doors, partOf(tensor, start, length), undefined);
  return around(stretch, copies, operationOf(rest.operation)!.width, (from, bytes) =>
    typedPieces({ start: from, length: bytes, source: undefined }, rest),
  );
}

const GENERAL: ChosenOperation = { operation: GENERAL_ID, resource: NO_RESOURCE };

function partOf(tensor: PlacedTensor, start: number, length: number): PlacedTensor {
  return { ...tensor, offset: start, length };
}

interface PlainPiece {
  readonly start: number;
  readonly length: number;
  readonly source: Piece['source'];
}

/** A piece of whole elements; what is no whole element at its end is written in the general way. */
function typedPieces({ start, length, source }: PlainPiece, { operation, resource }: ChosenOperation): Piece[] {
  const { width, source: kind } = operationOf(operation)!;
  const whole = length - (length % width);
  const rest = {
    operation: GENERAL_ID,
    start: start + whole,
    length: length - whole,
    source: undefined,
    resource: NO_RESOURCE,
  };
  const piece = { operation, start, length: whole, source: kind === 'aligned' ? source : undefined, resource };
  return [piece, rest].filter((one) => one.length > 0);
}

/** COPY where the base has the bytes, and between those what `between` makes of whole elements. */
function around(
  { start, length }: Stretch,
  copies: readonly Copy[],
  width: number,
  between: (start: number, length: number) => Piece[],
): Piece[] {
  const pieces: Piece[] = [];
  const end = start + length;
  let done = start;
  for (const copy of copies) {
    const from = start + Math.ceil(Math.max(0, copy.offset - start) / width) * width;
    const to = start + Math.floor((Math.min(end, copy.offset + copy.length) - start) / width) * width;
    if (to <= from || from < done) continue;
    if (from > done) pieces.push(...between(done, from - done));
    const source = { file: copy.sourceFile, offset: copy.sourceOffset + from - copy.offset };
    pieces.push({ operation: COPY.id, start: from, length: to - from, source, resource: NO_RESOURCE });
    done = to;
  }
  if (done < end) pieces.push(...between(done, end - done));
  return pieces;
}
