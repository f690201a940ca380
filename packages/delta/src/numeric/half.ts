/** 2^(i − 24), made of products alone: what a decoder multiplies by must be the same everywhere. */
const POWERS = new Float64Array(31);
for (let i = 0, power = 1 / 16_777_216; i < POWERS.length; i++, power *= 2) POWERS[i] = power;

/** Values of the 65,536 f16 codes; NaN and infinities as themselves. */
export const HALF_VALUES = Float64Array.from({ length: 65_536 }, (_, code) => {
  const sign = code & 0x8000 ? -1 : 1;
  const exponent = (code >>> 10) & 31;
  const mantissa = code & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * mantissa * POWERS[0]! : sign * (1024 + mantissa) * POWERS[exponent - 1]!;
});
