/**
 * log2 of 1 + i/4096, by repeated squaring: multiplication is exact to the last bit everywhere, Math.log2 need not be,
 * and what an encoder weighs decides its bytes.
 */
const FRACTIONS = new Float64Array(4097).map((_, i) => {
  let x = 1 + i / 4096;
  let log = 0;
  for (let bit = 0.5; bit > 1e-9; bit /= 2) {
    x *= x;
    if (x >= 2) {
      x /= 2;
      log += bit;
    }
  }
  return i === 4096 ? 1 : log;
});

/** Base-2 logarithm of an integer of 1 to 2^31 − 1, within 2e-4. */
export function log2(value: number): number {
  const exponent = 31 - Math.clz32(value);
  const mantissa = exponent > 12 ? value >>> (exponent - 12) : value << (12 - exponent);
  return exponent + FRACTIONS[mantissa & 4095]!;
}

/** Bits that `counts[from … to)` take when coded by their own frequencies. */
export function entropyBits(counts: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  let bits = 0;
  for (let i = from; i < to; i++) {
    const count = counts[i]!;
    if (count === 0) continue;
    total += count;
    bits -= count * log2(count);
  }
  return total === 0 ? 0 : Math.max(0, bits + total * log2(total));
}
