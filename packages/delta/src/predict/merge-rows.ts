import type { Float16Kind } from './float16-kind.js';
import { FINISH, type LoraRecipe, recipeOf, SUM } from './lora-recipe.js';

/** The factors of one tensor of `rows` × `columns`, and how they are merged into it. */
export interface LoraModel {
  readonly recipe: number;
  readonly rows: number;
  readonly columns: number;
  readonly rank: number;
  readonly scale: number;
  /** `rows` × `rank`, finite. */
  readonly left: Float32Array;
  /** `rank` × `columns`, finite. */
  readonly right: Float32Array;
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Merges parts of rows: delta-v1-predict §7. Reused, for its sums take room. */
export class RowMerger {
  private sums = new Float32Array(0);
  private doubles = new Float64Array(0);
  private readonly recipe: LoraRecipe;
  private readonly scale: number;

  /** @param kind of the target; undefined for f32 */
  constructor(
    private readonly model: LoraModel,
    private readonly kind: Float16Kind | undefined,
  ) {
    this.recipe = recipeOf(model.recipe);
    this.scale = this.recipe.sum === SUM.double ? model.scale : Math.fround(model.scale);
    if (this.recipe.sum === SUM.double) this.doubles = new Float64Array(model.columns);
    else this.sums = new Float32Array(model.columns);
  }

  /** Adds the delta of row `row`, columns `from` … `to − 1`, to `values[at …]`, rounded to f32 and no further. */
  merge(row: number, from: number, to: number, values: Float32Array, at: number): void {
    if (this.recipe.sum === SUM.rounded) this.sumRounded(row, from, to);
    else if (this.recipe.sum === SUM.fused) this.sumFused(row, from, to);
    else this.sumDouble(row, from, to);
    const sums = this.recipe.sum === SUM.double ? this.doubles : this.sums;
    if (this.recipe.finish >= FINISH.roundedDelta && this.kind !== undefined)
      this.roundSums(sums, from, to, this.kind.round);
    else if (this.recipe.finish !== FINISH.scaledFactor) scaleSums(sums, from, to, this.scale);
    for (let column = from; column < to; column++) values[at + column - from]! += sums[column]!;
  }

  private factorOf(row: number, k: number): number {
    const value = this.model.left[row * this.model.rank + k]!;
    if (this.recipe.finish !== FINISH.scaledFactor) return value;
    const scaled = value * this.scale;
    return this.recipe.sum === SUM.double ? scaled : Math.fround(scaled);
  }

  private sumRounded(row: number, from: number, to: number): void {
    const { rank, columns, right } = this.model;
    const { sums } = this;
    sums.fill(0, from, to);
    for (let k = 0; k < rank; k++) {
      const factor = Math.fround(this.factorOf(row, k));
      const base = k * columns;
      for (let column = from; column < to; column++) {
        sums[column] = Math.fround(sums[column]! + Math.fround(factor * right[base + column]!));
      }
    }
  }

  private sumFused(row: number, from: number, to: number): void {
    const { rank, columns, right } = this.model;
    const { sums } = this;
    sums.fill(0, from, to);
    for (let k = 0; k < rank; k++) {
      const factor = this.factorOf(row, k);
      const base = k * columns;
      for (let column = from; column < to; column++) sums[column] = sums[column]! + factor * right[base + column]!;
    }
  }

  private sumDouble(row: number, from: number, to: number): void {
    const { rank, columns, right } = this.model;
    const { doubles } = this;
    doubles.fill(0, from, to);
    for (let k = 0; k < rank; k++) {
      const factor = this.factorOf(row, k);
      const base = k * columns;
      for (let column = from; column < to; column++) doubles[column]! += factor * right[base + column]!;
    }
  }

  private roundSums(
    sums: Float32Array | Float64Array,
    from: number,
    to: number,
    round: (bits: number) => number,
  ): void {
    const { values } = this.kind!;
    const isTwice = this.recipe.finish === FINISH.roundedTwice;
    for (let column = from; column < to; column++) {
      float[0] = isTwice ? sums[column]! : sums[column]! * this.scale;
      if (isTwice) float[0] = values[round(bits[0]!)]! * this.scale;
      sums[column] = values[round(bits[0]!)]!;
    }
  }
}

/** Into the sums' own precision. */
function scaleSums(sums: Float32Array | Float64Array, from: number, to: number, scale: number): void {
  for (let column = from; column < to; column++) sums[column]! *= scale;
}
