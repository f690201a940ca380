import { BitModels } from './bit-models.js';
import { HALF_VALUES } from './half.js';
import { NumberModels } from './number-models.js';

/** Residuals up to this are coded in unary. */
export const MOST_UNARY = 18;
const PER_CONTEXT = 32;
const FRACTIONS = 15;
const SCALES = 128;

/** Bin of |fraction| × 512: fine where it is small, since there its share decides how often a code changes. */
const BINS = Uint8Array.from({ length: 257 }, (_, f) =>
  f < 2 ? f : Math.min(FRACTIONS - 1, 2 * (31 - Math.clz32(f)) + ((f >>> (30 - Math.clz32(f))) & 1)),
);

/** What QBLK learns while it works through a payload: delta-v1-numeric §12.4. */
export class CodeModels {
  readonly bits = new BitModels(SCALES * (FRACTIONS + 1) * PER_CONTEXT);
  readonly numbers = new NumberModels(3);

  reset(): this {
    this.bits.reset();
    this.numbers.reset();
    return this;
  }
}

/** What is expected of a code, from the base's code and both scales. */
export interface Expectation {
  code: number;
  /** First of the models that code the residual. */
  model: number;
  /** −1 where the residual is coded with its sign turned. */
  turn: 1 | -1;
}

/** The factor by which codes change when nothing but the scale does; 1 where the scales give none. */
export function scaleRatio(baseScale: number, scale: number): number {
  const ratio = HALF_VALUES[baseScale]! / HALF_VALUES[scale]!;
  return Number.isFinite(ratio) ? ratio : 1;
}

/** Fills `into`. @param extreme magnitude of the code that a block's largest weight has */
export function expectCode(baseCode: number, ratio: number, scale: number, extreme: number, into: Expectation): void {
  const scaleBin = (scale & 0x7fff) >>> 8;
  if (baseCode === extreme || baseCode === -extreme) {
    into.code = baseCode;
    into.turn = baseCode < 0 ? -1 : 1;
    into.model = (scaleBin * (FRACTIONS + 1) + FRACTIONS) * PER_CONTEXT;
    return;
  }
  const exact = Math.max(-extreme, Math.min(extreme, baseCode * ratio));
  const code = Math.floor(exact + 0.5);
  const fraction = exact - code;
  into.code = code;
  into.turn = fraction < 0 ? -1 : 1;
  into.model = (scaleBin * (FRACTIONS + 1) + BINS[Math.floor(Math.abs(fraction) * 512)]!) * PER_CONTEXT;
}
