import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { correlation } from './correlation.js';
import { type PlacedTensor, placedTensors, type Side } from './side.js';
import { sampleTensor } from './tensor-sample.js';

/** A tensor of the target and what it became of. */
export interface TensorMatch {
  readonly target: PlacedTensor;
  readonly base: PlacedTensor;
  /** Bytes from their starts that go together: all, or the rows that both have. */
  readonly length: number;
}

/** From here on, two tensors are taken for two versions of one. */
const ALIKE = 0.3;
/** Samples that are compared to find the best partner, over all tensors. */
const COMPARISONS_MAX = 50_000;

/**
 * Finds for each tensor of the target the one of the base that it was made of: of the same content, else of the same name, else
 * of the same type and shape in the same order, else the one that correlates best. A wrong guess costs size, never correctness.
 * @param tensors of the target
 */
export function matchTensors(
  target: Side,
  tensors: readonly PlacedTensor[],
  base: Side,
): Map<PlacedTensor, TensorMatch> {
  const matcher = new Matcher(target, base);
  const matches = new Map<PlacedTensor, TensorMatch>();
  for (const tensor of tensors) {
    const match = matcher.match(tensor);
    if (match !== undefined) matches.set(tensor, match);
  }
  return matches;
}

class Matcher {
  private readonly byName = new Map<string, PlacedTensor[]>();
  private readonly byShape = new Map<string, PlacedTensor[]>();
  private readonly bySample = new Map<string, PlacedTensor[]>();
  private readonly samples = new Map<PlacedTensor, Uint8Array>();
  /** Tensors of one shape seen so far, so that the n-th of them is first compared with the n-th. */
  private readonly ordinals = new Map<string, number>();
  private comparisons = 0;

  constructor(
    private readonly target: Side,
    private readonly base: Side,
  ) {
    for (const tensor of placedTensors(base)) {
      const sample = sampleTensor(base, tensor);
      this.samples.set(tensor, sample);
      push(this.byName, tensor.name, tensor);
      push(this.byShape, shapeKey(tensor), tensor);
      const key = sampleKey(tensor, sample);
      if (key !== undefined) push(this.bySample, key, tensor);
    }
  }

  match(tensor: PlacedTensor): TensorMatch | undefined {
    if (tensor.length === 0) return undefined;
    const sample = sampleTensor(this.target, tensor);
    const named = this.sameName(tensor);
    const whole = named.filter((other) => shapeKey(other) === shapeKey(tensor));
    const found =
      whole.find((other) => bytesEqual(this.samples.get(other)!, sample)) ??
      this.bySample.get(sampleKey(tensor, sample) ?? '')?.[0] ??
      whole.find((other) => this.isAlike(tensor, sample, other)) ??
      this.ofSameShape(tensor, sample) ??
      whole[0];
    if (found !== undefined) return { target: tensor, base: found, length: tensor.length };
    return this.commonRows(tensor, named);
  }

  /** Those in the file of the same path first. */
  private sameName(tensor: PlacedTensor): PlacedTensor[] {
    if (tensor.name === '') return [];
    const { path } = this.target.files[tensor.file]!;
    const named = this.byName.get(tensor.name) ?? [];
    const isBeside = (other: PlacedTensor): boolean => this.base.files[other.file]!.path === path;
    return [...named.filter(isBeside), ...named.filter((other) => !isBeside(other))];
  }

  private isAlike(tensor: PlacedTensor, sample: Uint8Array, other: PlacedTensor): boolean {
    this.comparisons += 1;
    return correlation(tensor.dtype, sample, this.samples.get(other)!) >= ALIKE;
  }

  private ofSameShape(tensor: PlacedTensor, sample: Uint8Array): PlacedTensor | undefined {
    const key = shapeKey(tensor);
    const ordinal = this.ordinals.get(key) ?? 0;
    this.ordinals.set(key, ordinal + 1);
    const candidates = this.byShape.get(key) ?? [];
    const inOrder = candidates[ordinal];
    if (inOrder !== undefined && this.isAlike(tensor, sample, inOrder)) return inOrder;
    let best: PlacedTensor | undefined;
    let most = ALIKE;
    for (const other of candidates) {
      if (this.comparisons >= COMPARISONS_MAX) break;
      this.comparisons += 1;
      const found = correlation(tensor.dtype, sample, this.samples.get(other)!);
      if (found > most) [best, most] = [other, found];
    }
    return best;
  }

  /** Rows were added or taken away at the end: the first ones go together. */
  private commonRows(tensor: PlacedTensor, named: readonly PlacedTensor[]): TensorMatch | undefined {
    const other = named.find(({ dtype, shape }) => dtype === tensor.dtype && haveRowsInCommon(shape, tensor.shape));
    if (other === undefined) return undefined;
    const length = Math.min(other.length, tensor.length);
    const [ours, theirs] = [sampleTensor(this.target, tensor, length), sampleTensor(this.base, other, length)];
    const isAlike = bytesEqual(ours, theirs) || correlation(tensor.dtype, ours, theirs) >= ALIKE;
    return isAlike && length > 0 ? { target: tensor, base: other, length } : undefined;
  }
}

function haveRowsInCommon(a: readonly number[], b: readonly number[]): boolean {
  return a.length > 0 && a.length === b.length && a.every((size, index) => index === 0 || size === b[index]);
}

function shapeKey({ dtype, shape, length }: PlacedTensor): string {
  return `${dtype}:${shape.join('x')}:${length}`;
}

/** Undefined for one byte repeated, such as zeros: that says nothing. */
function sampleKey({ length }: PlacedTensor, sample: Uint8Array): string | undefined {
  return sample.every((byte) => byte === sample[0]) ? undefined : `${length}:${toHex(sample)}`;
}

function push(map: Map<string, PlacedTensor[]>, key: string, tensor: PlacedTensor): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [tensor]);
  else list.push(tensor);
}
