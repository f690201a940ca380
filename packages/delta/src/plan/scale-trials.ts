import { fitScales } from '../predict/fit-scales.js';
import { codecOf } from '../operations.js';
import type { OwnResource } from './adapter-trials.js';
import type { TensorMatch } from './match-tensors.js';
import { readTensor, type Side } from './side.js';
import type { TensorBlock } from './tensor-blocks.js';
import { Trials } from './trials.js';

const T16S = new Map<string, 9 | 10>([
  ['f16', 9],
  ['bf16', 10],
]);
/** Whole tensors are read for it. */
const MOST_BYTES = 16 * 1024 * 1024;
const LEAST_BYTES = 4096;
const VAIN_TRIES = 3;
/** Of each block. */
const SAMPLE_BYTES = 32 * 1024;
/** It takes some times the time of T16, so it has to be worth it. */
const WORTH = 0.95;

/** Tries T16S, whose resource is fitted to one tensor; remembers whether that is of use in this package. */
export class ScaleTrials {
  private readonly trials = new Trials(VAIN_TRIES);

  constructor(
    private readonly target: Side,
    private readonly base: Side,
  ) {}

  /** @param others what the best other operation comes to, in bytes */
  estimate(match: TensorMatch, blocks: readonly TensorBlock[], others: number): OwnResource | undefined {
    const operation = T16S.get(match.target.dtype);
    const { length } = match;
    const isWhole = length === match.target.length && length === match.base.length;
    if (operation === undefined || !isWhole || length < LEAST_BYTES || length > MOST_BYTES) return undefined;
    if (!this.trials.isDue(match.target.shape)) return undefined;
    const found = this.fit(operation, match, blocks);
    const isWorth = found !== undefined && found.bytes < others * WORTH;
    this.trials.tell(match.target.shape, isWorth);
    return isWorth ? found : undefined;
  }

  private fit(operation: 9 | 10, match: TensorMatch, blocks: readonly TensorBlock[]): OwnResource | undefined {
    const whole = readTensor(this.target, match.target, 0, match.length);
    const source = readTensor(this.base, match.base, 0, match.length);
    const resource = fitScales(operation, whole, source, match.target.shape);
    if (resource === undefined) return undefined;
    const codec = codecOf(operation);
    const model = codec.readModel!(resource);
    let [sampled, cost] = [0, 0];
    for (const { target, source: before, offset } of blocks) {
      const part = target.subarray(0, SAMPLE_BYTES);
      const input = { source: before.subarray(0, part.length), model, first: offset / 2 };
      cost += codec.encode(part, input).length;
      sampled += part.length;
    }
    return { operation, resource, bytes: resource.length + (cost * match.length) / sampled };
  }
}
