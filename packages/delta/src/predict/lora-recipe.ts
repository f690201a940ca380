/** How products of the factors are summed over the rank, in ascending order: delta-v1-predict §7.1. */
export const SUM = {
  /** Each product and each sum is rounded to f32. */
  rounded: 0,
  /** Products are exact, each sum is rounded to f32: as with fused multiply-add. */
  fused: 1,
  /** In f64. */
  double: 2,
} as const;

/** Where the scale comes in, and what is rounded to the target's type before the base is added: §7.2. */
export const FINISH = {
  /** The left factor is scaled. */
  scaledFactor: 0,
  /** The sum is scaled. */
  scaledSum: 1,
  /** The scaled sum is rounded to the target's type. */
  roundedDelta: 2,
  /** The sum is rounded to the target's type, scaled, and rounded again. */
  roundedTwice: 3,
} as const;

const FINISHES = 4;
/** Recipes are numbered 0 … 11. */
export const RECIPES = 12;

export interface LoraRecipe {
  readonly sum: (typeof SUM)[keyof typeof SUM];
  readonly finish: (typeof FINISH)[keyof typeof FINISH];
}

/** @param id below `RECIPES` */
export function recipeOf(id: number): LoraRecipe {
  return { sum: Math.floor(id / FINISHES), finish: id % FINISHES } as LoraRecipe;
}
