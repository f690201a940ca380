import { type LoraId, readValues, type RowSample, widthOf } from './lora-samples.js';

/** Two factors whose scale is looked for. */
interface Unscaled {
  readonly columns: number;
  readonly rank: number;
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Candidates; empty when nothing is known. */
  readonly scales: readonly number[];
}

/** Candidates that differ from the estimate by more than this are dropped. */
const TOLERANCE = 0.03;
const ALPHAS = [0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const;

/**
 * Scales worth trying: of the candidates, or of alpha ÷ r and alpha ÷ √r with the usual alphas, those near to what fits the sample
 * best; that itself when there are none.
 */
export function likelyScales(id: LoraId, factors: Unscaled, samples: readonly RowSample[]): number[] {
  const estimate = fittedScale(id, factors, samples);
  if (!Number.isFinite(estimate) || estimate === 0) return factors.scales.slice(0, 1);
  const isNear = (scale: number): boolean => Math.abs(scale - estimate) <= TOLERANCE * Math.abs(estimate);
  const described = factors.scales.filter(isNear);
  if (described.length > 0) return described;
  const { rank } = factors;
  const usual = ALPHAS.flatMap((alpha) => [alpha / rank, alpha / Math.sqrt(rank)]).filter(isNear);
  return [...new Set([...usual, estimate])];
}

/** Least squares of the change by the unscaled product. */
function fittedScale(id: LoraId, factors: Unscaled, samples: readonly RowSample[]): number {
  const { rank, columns, left, right } = factors;
  let along = 0;
  let square = 0;
  for (const { row, target, source } of samples) {
    const count = target.length / widthOf(id);
    const to = new Float32Array(count);
    const from = new Float32Array(count);
    readValues(id, target, to);
    readValues(id, source, from);
    for (let i = 0; i < count; i++) {
      const change = to[i]! - from[i]!;
      if (change - change !== 0) continue;
      const at = (row + Math.floor(i / columns)) * rank;
      const column = i % columns;
      let product = 0;
      for (let k = 0; k < rank; k++) product += left[at + k]! * right[k * columns + column]!;
      along += product * change;
      square += product * product;
    }
  }
  return along / square;
}
