import type { TensorMatch } from './match-tensors.js';
import type { PlacedTensor, Side } from './side.js';

/** Smaller tensors are written with what stands around them. */
const LEAST_TENSOR_BYTES = 512;

/** A run of a target file that has one plan. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
  readonly tensor: PlacedTensor | undefined;
  /** Undefined for what was not made of a tensor of the base. */
  readonly match: TensorMatch | undefined;
}

/** Cuts each file of the target at its tensors. @param tensors of the target, by file in the order in which they lie */
export function stretchesOf(
  target: Side,
  tensors: readonly PlacedTensor[],
  matches: ReadonlyMap<PlacedTensor, TensorMatch>,
): Stretch[][] {
  const byFile: PlacedTensor[][] = target.bytes.sizes.map(() => []);
  for (const tensor of tensors) byFile[tensor.file]!.push(tensor);
  return byFile.map((list, file) => stretchesOfFile(target.bytes.sizes[file]!, list, matches));
}

function stretchesOfFile(
  size: number,
  tensors: readonly PlacedTensor[],
  matches: ReadonlyMap<PlacedTensor, TensorMatch>,
): Stretch[] {
  const stretches: Stretch[] = [];
  let done = 0;
  const add = (to: number, tensor?: PlacedTensor, match?: TensorMatch): void => {
    if (to > done) stretches.push({ start: done, length: to - done, tensor, match });
    done = to;
  };
  for (const tensor of tensors) {
    if (tensor.length < LEAST_TENSOR_BYTES || tensor.offset < done) continue;
    const match = matches.get(tensor);
    add(tensor.offset);
    add(tensor.offset + (match?.length ?? 0), tensor, match);
    add(tensor.offset + tensor.length, tensor);
  }
  add(size);
  return stretches;
}
