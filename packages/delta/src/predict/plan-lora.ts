import { FINISH, RECIPES, recipeOf } from './lora-recipe.js';
import { type FactorForms, fitsLora, writeLora } from './lora-resource.js';
import { countMisses, type LoraId, payloadBytes, type RowSample, widthOf } from './lora-samples.js';
import { likelyScales } from './lora-scales.js';
import type { LoraModel } from './merge-rows.js';
import { coarser } from './quantize-factors.js';

/** Factors as they lie on a tensor of `rows` × `columns`, and what is known of their scale. */
export interface LoraFactors {
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  /** `rows` × `rank`, finite */
  readonly left: Float32Array;
  /** `rank` × `columns`, finite */
  readonly right: Float32Array;
  /** Bits below the exponent that the factors need. */
  readonly places: number;
  /** Candidates; empty when nothing is known. */
  readonly scales: readonly number[];
}

export interface LoraPlan {
  /** For every piece of this tensor. */
  readonly resource: Uint8Array;
  readonly recipe: number;
  readonly scale: number;
  /** Share of the sample that the merge does not predict: 0 to 1. */
  readonly mismatchShare: number;
  /** Estimate for the whole tensor: its resource and its payloads. */
  readonly bytes: number;
}

/** Elements of each sample that decide about recipe and scale. */
const PROBE = 8192;
/** A merge that misses more than this is none. */
const MOST_MISSES = 0.9;
/** Factors may be multiples of 2^−3 to 2^−20 of their width: binary places for the left ones and the right ones. */
type Depths = readonly [number, number];
const FIRST_DEPTH = 8;
const MOST_DEPTH = 20;
const LEAST_DEPTH = 3;
/** Both finer, both coarser, then one against the other. */
const DIRECTIONS: readonly Depths[] = [
  [1, 1],
  [-1, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/**
 * Finds out how an adapter was merged into a tensor, and the form of its factors that makes the package smallest.
 * @param layouts ways in which the factors may lie on the tensor (`factorsFor`)
 * @param samples rows of the tensor before and after; a few dozen do
 * @returns undefined when no recipe explains the sample, or no resource can hold the factors
 */
export function planLora(
  id: LoraId,
  layouts: readonly LoraFactors[],
  samples: readonly RowSample[],
): LoraPlan | undefined {
  const found = likeliestMerge(id, layouts.filter(fitsLora), samples);
  if (found === undefined) return undefined;
  const form = { places: found.places };
  const exact = planOf(id, found.model, { left: form, right: form }, samples);
  const coarse = id === 13 ? undefined : cheapestCoarse(id, found.model, samples);
  return coarse !== undefined && coarse.bytes < exact.bytes ? coarse : exact;
}

function likeliestMerge(
  id: LoraId,
  layouts: readonly LoraFactors[],
  samples: readonly RowSample[],
): { model: LoraModel; places: number } | undefined {
  const probes = samples.map((sample) => firstRows(id, layouts[0]?.columns ?? 1, sample));
  let best: { model: LoraModel; places: number } | undefined;
  let least = MOST_MISSES * probes.reduce((sum, { target }) => sum + target.length / widthOf(id), 0);
  for (const { scales, places, ...factors } of layouts) {
    for (const scale of likelyScales(id, { scales, ...factors }, probes)) {
      for (let recipe = 0; recipe < RECIPES; recipe++) {
        if (id === 13 && recipeOf(recipe).finish >= FINISH.roundedDelta) continue;
        const model = { recipe, scale, ...factors };
        const misses = probes.reduce((sum, probe) => sum + countMisses(id, model, probe), 0);
        if (misses < least) [best, least] = [{ model, places }, misses];
        if (misses === 0) return best;
      }
    }
  }
  return best;
}

function firstRows(id: LoraId, columns: number, { row, target, source }: RowSample): RowSample {
  const length = Math.max(1, Math.floor(PROBE / columns)) * columns * widthOf(id);
  return { row, target: target.subarray(0, length), source: source.subarray(0, length) };
}

/** Coarser factors take less room and leave more to correct: goes on from one to the next as long as that pays. */
function cheapestCoarse(id: LoraId, model: LoraModel, samples: readonly RowSample[]): LoraPlan | undefined {
  let depths: Depths = [FIRST_DEPTH, FIRST_DEPTH];
  let best = coarsePlan(id, model, depths, samples);
  for (const [left, right] of DIRECTIONS) {
    for (;;) {
      const next: Depths = [depths[0] + left, depths[1] + right];
      const plan = coarsePlan(id, model, next, samples);
      if (plan === undefined || (best !== undefined && plan.bytes >= best.bytes)) break;
      best = plan;
      depths = next;
    }
  }
  return best;
}

function coarsePlan(id: LoraId, model: LoraModel, depths: Depths, samples: readonly RowSample[]): LoraPlan | undefined {
  if (depths.some((depth) => depth < LEAST_DEPTH || depth > MOST_DEPTH)) return undefined;
  const left = coarser(model.left, depths[0]);
  const right = coarser(model.right, depths[1]);
  if (left === undefined || right === undefined) return undefined;
  const forms = { left: left.form, right: right.form };
  return planOf(id, { ...model, left: left.values, right: right.values }, forms, samples);
}

function planOf(id: LoraId, model: LoraModel, forms: FactorForms, samples: readonly RowSample[]): LoraPlan {
  const resource = writeLora(model, forms);
  const sampled = samples.reduce((sum, { target }) => sum + target.length / widthOf(id), 0);
  const misses = samples.reduce((sum, sample) => sum + countMisses(id, model, sample), 0);
  const payloads = (payloadBytes(id, model, samples) / sampled) * model.rows * model.columns;
  const { recipe, scale } = model;
  return { resource, recipe, scale, mismatchShare: misses / sampled, bytes: resource.length + payloads };
}
