import { factorsFor, pairForTensor } from '../predict/adapter-modules.js';
import { planLora } from '../predict/plan-lora.js';
import type { AdapterPair } from '../predict/read-adapter.js';
import type { TensorMatch } from './match-tensors.js';
import { readTensor, type Side } from './side.js';

const LORA = new Map([
  ['bf16', { operation: 11, width: 2 }],
  ['f16', { operation: 12, width: 2 }],
  ['f32', { operation: 13, width: 4 }],
] as const);
const SAMPLES = 3;
const SAMPLE_BYTES = 32 * 1024;

export interface OwnResource {
  readonly operation: number;
  readonly resource: Uint8Array;
  /** Estimate for the whole tensor, its resource included. */
  readonly bytes: number;
}

/** Tries the merge of an adapter on the tensors that it names. */
export class AdapterTrials {
  constructor(
    private readonly target: Side,
    private readonly base: Side,
    private readonly pairs: readonly AdapterPair[],
  ) {}

  /** @returns undefined when the adapter has nothing for this tensor, or does not explain it */
  estimate(match: TensorMatch): OwnResource | undefined {
    const lora = LORA.get(match.target.dtype as 'bf16');
    const pair = pairForTensor(this.pairs, match.target.name);
    const isWhole = match.length === match.target.length && match.length === match.base.length;
    if (lora === undefined || pair === undefined || !isWhole) return undefined;
    const layouts = factorsFor(pair, match.target.shape);
    const [rows = 0] = match.target.shape;
    if (layouts.length === 0 || rows === 0) return undefined;
    const plan = planLora(lora.operation, layouts, this.samples(match, rows));
    return plan && { operation: lora.operation, resource: plan.resource, bytes: plan.bytes };
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
