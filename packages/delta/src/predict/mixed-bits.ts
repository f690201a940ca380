import type { BitDecoder } from '../numeric/bit-decoder.js';
import type { BitEncoder } from '../numeric/bit-encoder.js';
import { BitModels, OLDEST, STEPS } from '../numeric/bit-models.js';
import { MOST_STRETCH, SQUASH, STRETCH } from './logistic.js';

const FIRST_WEIGHT = 26_214;
const RATE = 10;

/**
 * Codes bits by two models at once (delta-v1-predict §4): their chances are stretched, weighted and squashed, and the weights learn
 * which of the two knows better in which set.
 */
export class MixedBits {
  private readonly left: BitModels;
  private readonly right: BitModels;
  private readonly weights: Int32Array;
  /** The mixed chance is handed to the coder as a model that is thrown away. */
  private readonly mixed = new BitModels(1);
  private stretchLeft = 0;
  private stretchRight = 0;
  private chance = 0;

  constructor(left: number, right: number, sets: number) {
    this.left = new BitModels(left);
    this.right = new BitModels(right);
    this.weights = new Int32Array(2 * sets);
  }

  reset(): this {
    this.left.reset();
    this.right.reset();
    this.weights.fill(FIRST_WEIGHT);
    return this;
  }

  encode(coder: BitEncoder, left: number, right: number, set: number, bit: number): void {
    this.mix(left, right, set);
    coder.encode(this.mixed, 0, bit);
    this.learn(left, right, set, bit);
  }

  decode(coder: BitDecoder, left: number, right: number, set: number): number {
    this.mix(left, right, set);
    const bit = coder.decode(this.mixed, 0);
    this.learn(left, right, set, bit);
    return bit;
  }

  private mix(left: number, right: number, set: number): void {
    const stretchLeft = STRETCH[this.left.chances[left]! >>> 4]!;
    const stretchRight = STRETCH[this.right.chances[right]! >>> 4]!;
    const { weights } = this;
    const sum = Math.imul(stretchLeft, weights[2 * set]!) + Math.imul(stretchRight, weights[2 * set + 1]!);
    let stretch = sum >> 16;
    if (stretch > MOST_STRETCH) stretch = MOST_STRETCH;
    else if (stretch < -MOST_STRETCH) stretch = -MOST_STRETCH;
    this.stretchLeft = stretchLeft;
    this.stretchRight = stretchRight;
    this.chance = SQUASH[stretch + MOST_STRETCH]!;
    this.mixed.chances[0] = this.chance << 4;
    this.mixed.ages[0] = OLDEST;
  }

  private learn(left: number, right: number, set: number, bit: number): void {
    const miss = Math.imul((bit === 0 ? 4096 : 0) - this.chance, RATE);
    const { weights } = this;
    weights[2 * set]! += (Math.imul(this.stretchLeft, miss) + 0x8000) >> 16;
    weights[2 * set + 1]! += (Math.imul(this.stretchRight, miss) + 0x8000) >> 16;
    learnBit(this.left.chances, this.left.ages, left, bit);
    learnBit(this.right.chances, this.right.ages, right, bit);
  }
}

/** delta-v1-numeric §3.3, in whole numbers of 32 bits: faster than the product of two numbers. */
function learnBit(chances: Uint16Array, ages: Uint8Array, index: number, bit: number): void {
  const chance = chances[index]!;
  const age = ages[index]!;
  const step = STEPS[age]!;
  chances[index] =
    bit === 0 ? chance + (Math.imul(65_535 - chance, step) >>> 16) : chance - (Math.imul(chance, step) >>> 16);
  if (age < OLDEST) ages[index] = age + 1;
}
