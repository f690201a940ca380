/**
 * Adaptive probabilities of bits (delta-v1-numeric §3.3): the chance of a zero in 16 bits, and how often it was used, so that a
 * model learns fast at first.
 */
export class BitModels {
  readonly chances: Uint16Array;
  readonly ages: Uint8Array;

  constructor(readonly size: number) {
    this.chances = new Uint16Array(size).fill(0x8000);
    this.ages = new Uint8Array(size);
  }

  reset(): this {
    this.chances.fill(0x8000);
    this.ages.fill(0);
    return this;
  }
}

/** What part of 65,536 a model of each age moves towards the bit that it sees. */
export const STEPS = Uint16Array.from({ length: 128 }, (_, age) => Math.floor(65_536 / (age + 1.5)));
export const OLDEST = STEPS.length - 1;
