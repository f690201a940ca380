// Rounding of f32 to what weight files hold, to nearest even; the words of a chunk at once.

const cell = new Float32Array(1);
const cellBits = new Uint32Array(cell.buffer);

/** @returns bf16 codes of finite values */
export function toBf16(values, out = new Uint16Array(values.length)) {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let at = 0; at < bits.length; at += 1) {
    const word = bits[at];
    out[at] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return out;
}

export function fromBf16(codes, out = new Float32Array(codes.length)) {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let at = 0; at < codes.length; at += 1) bits[at] = codes[at] << 16;
  return out;
}

/** @returns f16 codes of values whose magnitude is below 65,504 */
export function toF16(values, out = new Uint16Array(values.length)) {
  for (let at = 0; at < values.length; at += 1) out[at] = f16Code(values[at]);
  return out;
}

export function f16Code(value) {
  cell[0] = value;
  const word = cellBits[0];
  const sign = (word >>> 16) & 0x8000;
  const exponent = ((word >>> 23) & 0xff) - 112;
  const fraction = word & 0x7fffff;
  if (exponent > 0) {
    const whole = (exponent << 23) | fraction;
    return sign | ((whole + 0xfff + ((whole >>> 13) & 1)) >>> 13);
  }
  if (exponent < -10) return sign;
  const whole = fraction | 0x800000;
  const shift = 14 - exponent;
  const half = (1 << (shift - 1)) - 1;
  return sign | ((whole + half + ((whole >>> shift) & 1)) >>> shift);
}

export function f16Value(code) {
  const exponent = (code >>> 10) & 0x1f;
  const fraction = code & 0x3ff;
  const magnitude = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
  return code & 0x8000 ? -magnitude : magnitude;
}
