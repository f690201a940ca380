import { type FactorForm, LEAST_EXPONENT, MOST_EXPONENT, MOST_WHOLE, powerOfTwo } from './lora-factors.js';

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/**
 * Rounds factors to whole multiples of a power of two.
 * @param depth how many binary places that power lies below their root mean square
 * @returns undefined when the multiples become too large, or for factors of zeros
 */
export function coarser(
  values: Float32Array,
  depth: number,
): { readonly values: Float32Array; readonly form: FactorForm } | undefined {
  let squares = 0;
  for (const value of values) squares += value * value;
  float[0] = Math.sqrt(squares / values.length);
  const exponent = ((bits[0]! >>> 23) & 255) - 127 - depth;
  if (exponent < LEAST_EXPONENT || exponent > MOST_EXPONENT) return undefined;
  const unit = powerOfTwo(exponent);
  // Whole numbers have no −0.
  const rounded = values.map((value) => Math.round(value / unit) * unit + 0);
  return rounded.every((value) => Math.abs(value) <= MOST_WHOLE * unit)
    ? { values: rounded, form: { exponent } }
    : undefined;
}
