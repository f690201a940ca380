import { factorsFor, pairForTensor } from '../predict/adapter-modules.js';
import type { LoraId } from '../predict/lora-samples.js';
import { type LoraFactors, planLora } from '../predict/plan-lora.js';
import type { AdapterPair } from '../predict/read-adapter.js';
import { recoverLora } from '../predict/recover-lora.js';
import type { TensorMatch } from './match-tensors.js';
import { readTensor, type Side } from './side.js';
import { Trials } from './trials.js';

const LORA = new Map<string, LoraId>([
  ['bf16', 11],
  ['f16', 12],
  ['f32', 13],
]);
/** Matrices that are looked at for a change of low rank, which needs all of them in memory. */
const LEAST_SIDE = 64;
const MOST_BYTES = 16 * 1024 * 1024;
/** An adapter is of all matrices of a shape, or of those of a name: the first one tells. */
const VAIN_TRIES = 2;
const SAMPLES = 3;
const SAMPLE_BYTES = 32 * 1024;

export interface OwnResource {
  readonly operation: number;
  readonly resource: Uint8Array;
  /** Estimate for the whole tensor, its resource included. */
  readonly bytes: number;
}

/** Tries the merge of an adapter: the one that is given, on the tensors that it names, else what looks like one. */
export class AdapterTrials {
  private readonly trials = new Trials(VAIN_TRIES);

  constructor(
    private readonly target: Side,
    private readonly base: Side,
    private readonly pairs: readonly AdapterPair[],
  ) {}

  /** @returns undefined when no adapter explains the tensor */
  estimate(match: TensorMatch): OwnResource | undefined {
    const operation = LORA.get(match.target.dtype);
    const [rows = 0] = match.target.shape;
    const isWhole = match.length === match.target.length && match.length === match.base.length;
    if (operation === undefined || !isWhole || rows === 0) return undefined;
    const pair = pairForTensor(this.pairs, match.target.name);
    const layouts = pair === undefined ? this.recovered(operation, match) : factorsFor(pair, match.target.shape);
    if (layouts.length === 0) return undefined;
    const plan = planLora(operation, layouts, this.samples(match, rows));
    return plan && { operation, resource: plan.resource, bytes: plan.bytes };
  }

  /** Factors of a change of low rank whose adapter is not at hand. */
  private recovered(operation: LoraId, match: TensorMatch): readonly LoraFactors[] {
    const { shape } = match.target;
    const isMatrix = shape.length === 2 && Math.min(...shape) >= LEAST_SIDE && match.length <= MOST_BYTES;
    if (!isMatrix || !this.trials.isDue(shape)) return [];
    const target = readTensor(this.target, match.target, 0, match.length);
    const source = readTensor(this.base, match.base, 0, match.length);
    const factors = recoverLora(operation, target, source, shape);
    this.trials.tell(shape, factors !== undefined);
    return factors === undefined ? [] : [factors];
  }

  /** Whole rows from the start, the middle and the end. */
  private samples(match: TensorMatch, rows: number) {
    const rowBytes = match.length / rows;
    const taken = Math.max(1, Math.min(Math.floor(rows / SAMPLES), Math.floor(SAMPLE_BYTES / rowBytes)));
    const count = Math.min(SAMPLES, Math.floor(rows / taken));
    return Array.from({ length: count }, (_, sample) => {
      const row = count === 1 ? 0 : Math.floor(((rows - taken) * sample) / (count - 1));
      return {
        row,
        target: readTensor(this.target, match.target, row * rowBytes, taken * rowBytes),
        source: readTensor(this.base, match.base, row * rowBytes, taken * rowBytes),
      };
    });
  }
}
