/** What is particular to one of the two 16-bit floats. Codes hold the sign on top. */
export interface Float16Kind {
  readonly name: 'f16' | 'bf16';
  /** Bits below the exponent. */
  readonly mantissaBits: number;
  /** `values[code]`, exact. */
  readonly values: Float32Array;
  /** Nearest code to an f32, ties to even, given the f32's bits: delta-v1-predict §2.1. */
  readonly round: (bits: number) => number;
}

const LEAST_F16 = 1 / (1 << 24);

const F32_INFINITY = 0x7f800000;
/** Bits of 65,536 and of 2^−14: above, f16 has infinity alone; below, it has subnormal codes. */
const BEYOND_F16 = 0x47800000;
const LEAST_NORMAL_F16 = 0x38800000;

/** IEEE 754 binary16. */
export const F16: Float16Kind = { name: 'f16', mantissaBits: 10, values: valuesOfF16(), round: roundToF16 };
export const BF16: Float16Kind = { name: 'bf16', mantissaBits: 7, values: valuesOfBf16(), round: roundToBf16 };

function roundToBf16(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  const sign = (bits >>> 16) & 0x8000;
  if (magnitude > F32_INFINITY) return sign | (magnitude >>> 16) | 0x40;
  return sign | ((magnitude + 0x7fff + ((magnitude >>> 16) & 1)) >>> 16);
}

function roundToF16(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  const sign = (bits >>> 16) & 0x8000;
  if (magnitude >= BEYOND_F16) return sign | (magnitude > F32_INFINITY ? 0x7e00 : 0x7c00);
  if (magnitude >= LEAST_NORMAL_F16) {
    const rebased = magnitude - (LEAST_NORMAL_F16 - 0x00800000);
    return sign | ((rebased + 0xfff + ((rebased >>> 13) & 1)) >>> 13);
  }
  const shift = 126 - (magnitude >>> 23);
  if (shift > 24) return sign;
  const whole = (magnitude & 0x7fffff) | 0x800000;
  return sign | ((whole + (1 << (shift - 1)) - 1 + ((whole >>> shift) & 1)) >>> shift);
}

function valuesOfBf16(): Float32Array {
  return new Float32Array(Uint32Array.from({ length: 65_536 }, (_, code) => code << 16).buffer);
}

function valuesOfF16(): Float32Array {
  return Float32Array.from({ length: 65_536 }, (_, code) => {
    const exponent = (code >>> 10) & 31;
    const mantissa = code & 0x3ff;
    const sign = code & 0x8000 ? -1 : 1;
    if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (exponent === 0 ? mantissa : 1024 + mantissa) * (1 << (Math.max(exponent, 1) - 1)) * LEAST_F16;
  });
}
