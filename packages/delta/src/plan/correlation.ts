import type { Dtype } from '@weighbridge/core/tensor';

type ReadValue = (view: DataView, offset: number) => number;

const VALUES: Readonly<Record<string, { readonly width: number; readonly read: ReadValue }>> = {
  bf16: { width: 2, read: (view, at) => float32Of(view.getUint16(at, true) << 16) },
  f16: { width: 2, read: (view, at) => float16Of(view.getUint16(at, true)) },
  f32: { width: 4, read: (view, at) => view.getFloat32(at, true) },
  f64: { width: 8, read: (view, at) => view.getFloat64(at, true) },
  i16: { width: 2, read: (view, at) => view.getInt16(at, true) },
  i32: { width: 4, read: (view, at) => view.getInt32(at, true) },
};
/** Anything else is looked at byte by byte: for quantized blocks most bytes are small signed numbers. */
const BYTE = { width: 1, read: (view: DataView, at: number) => view.getInt8(at) };

/**
 * How much two samples of tensors go together, 0 to 1: the absolute correlation of their values. Whatever has no finite
 * values counts as nothing.
 */
export function correlation(dtype: Dtype, a: Uint8Array, b: Uint8Array): number {
  const { width, read } = (Object.hasOwn(VALUES, dtype) ? VALUES[dtype] : undefined) ?? BYTE;
  const [left, right] = [viewOf(a), viewOf(b)];
  let [count, sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at + width <= Math.min(a.length, b.length); at += width) {
    const [x, y] = [read(left, at), read(right, at)];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    count += 1;
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const spread = Math.sqrt((count * sumAA - sumA * sumA) * (count * sumBB - sumB * sumB));
  return spread > 0 && Number.isFinite(spread) ? Math.min(1, Math.abs(count * sumAB - sumA * sumB) / spread) : 0;
}

const scratch = new DataView(new ArrayBuffer(4));

function float32Of(bits: number): number {
  scratch.setInt32(0, bits);
  return scratch.getFloat32(0);
}

function float16Of(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
