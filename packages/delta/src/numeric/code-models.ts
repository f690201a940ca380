import type { BitDecoder } from './bit-decoder.js';
import type { BitEncoder } from './bit-encoder.js';
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

const SCALE_LENGTHS = 18;
/** Bits below the leading one that have models of their own. */
const TREE_BITS = 7;
const PER_LENGTH = 1 << TREE_BITS;
const PER_EXPONENT = 2 + SCALE_LENGTHS * (1 + PER_LENGTH);

/** What QBLK learns while it works through a payload: delta-v1-numeric §12. */
export class CodeModels {
  readonly codes = new BitModels(SCALES * (FRACTIONS + 1) * PER_CONTEXT);
  readonly numbers = new NumberModels(1);
  readonly #scales = new BitModels(32 * PER_EXPONENT);

  reset(): this {
    this.codes.reset();
    this.numbers.reset();
    this.#scales.reset();
    return this;
  }

  /** Codes a scale's step by the exponent of the base's scale: its bits are learned, for scales made of bf16 end in zeros. */
  encodeScale(coder: BitEncoder, baseScale: number, step: number): void {
    const base = ((baseScale >>> 10) & 31) * PER_EXPONENT;
    coder.encode(this.#scales, base, step === 0 ? 0 : 1);
    if (step === 0) return;
    coder.encode(this.#scales, base + 1, step < 0 ? 1 : 0);
    const magnitude = Math.abs(step);
    const length = 31 - Math.clz32(magnitude);
    for (let i = 0; i < length; i++) coder.encode(this.#scales, base + 2 + i, 1);
    coder.encode(this.#scales, base + 2 + length, 0);
    const tree = base + 2 + SCALE_LENGTHS + length * PER_LENGTH;
    for (let bit = length - 1, node = 1; bit >= 0; bit--) {
      const value = (magnitude >>> bit) & 1;
      if (node < PER_LENGTH) coder.encode(this.#scales, tree + node, value);
      else coder.encodePlain(value, 1);
      node = (node << 1) | value;
    }
  }

  /** @returns the step, or undefined when the stream holds none of 17 bits */
  decodeScale(coder: BitDecoder, baseScale: number): number | undefined {
    const base = ((baseScale >>> 10) & 31) * PER_EXPONENT;
    if (coder.decode(this.#scales, base) === 0) return 0;
    const negative = coder.decode(this.#scales, base + 1);
    let length = 0;
    while (coder.decode(this.#scales, base + 2 + length) === 1) if (++length === SCALE_LENGTHS) return undefined;
    const tree = base + 2 + SCALE_LENGTHS + length * PER_LENGTH;
    let node = 1;
    for (let bit = length - 1; bit >= 0; bit--) {
      node = (node << 1) | (node < PER_LENGTH ? coder.decode(this.#scales, tree + node) : coder.decodePlain(1));
    }
    return negative === 1 ? -node : node;
  }
}

/** The factor by which codes change when nothing but the scale does; 1 where the scales give none. */
export function scaleRatio(baseScale: number, scale: number): number {
  const ratio = HALF_VALUES[baseScale]! / HALF_VALUES[scale]!;
  return Number.isFinite(ratio) ? ratio : 1;
}

/**
 * What is expected of a code, from the base's code and both scales, in one integer: `codeOf`, `modelOf` and `isTurned` read it.
 * @param extreme magnitude of the code that a block's largest weight has
 */
export function expectCode(baseCode: number, ratio: number, scale: number, extreme: number): number {
  const bin = ((scale & 0x7fff) >>> 8) * (FRACTIONS + 1);
  if (baseCode === extreme || baseCode === -extreme) return packed(baseCode, bin + FRACTIONS, baseCode < 0);
  const exact = Math.max(-extreme, Math.min(extreme, baseCode * ratio));
  const code = Math.floor(exact + 0.5);
  const fraction = exact - code;
  return packed(code, bin + BINS[(Math.abs(fraction) * 512) | 0]!, fraction < 0);
}

function packed(code: number, context: number, turned: boolean): number {
  return (context << 15) | (turned ? 512 : 0) | (code + 256);
}

export function codeOf(expectation: number): number {
  return (expectation & 511) - 256;
}

/** First of the models that code the residual. */
export function modelOf(expectation: number): number {
  return (expectation >>> 10) & ~31;
}

/** Whether the residual is coded with its sign turned. */
export function isTurned(expectation: number): boolean {
  return (expectation & 512) !== 0;
}
