const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** @returns the bits of the nearest bf16, ties to even */
export function bf16Bits(value: number): number {
  float[0] = value;
  return ((word[0]! + 0x7fff + ((word[0]! >>> 16) & 1)) >>> 16) & 0xffff;
}

export function bf16Value(bits: number): number {
  word[0] = bits << 16;
  return float[0]!;
}

/** @returns the bits of an f16 next to a value of normal magnitude, cut off below 2^-14 */
export function f16Bits(value: number): number {
  float[0] = value;
  const exponent = ((word[0]! >>> 23) & 255) - 112;
  if (exponent <= 0) return (word[0]! >>> 16) & 0x8000;
  return ((word[0]! >>> 16) & 0x8000) | ((exponent << 10) + ((word[0]! >>> 13) & 0x3ff));
}

export function f32Bits(value: number): number {
  float[0] = value;
  return word[0]!;
}

/** Little-endian, `width` bytes each. */
export function toBytes(values: readonly number[], width: 1 | 2 | 4): Uint8Array {
  return Uint8Array.from(
    { length: values.length * width },
    (_, i) => values[Math.floor(i / width)]! >>> (8 * (i % width)),
  );
}
