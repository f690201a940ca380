/** Square matrices of a few dozen rows, row by row in f64. */

const SWEEPS = 12;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's rotations, largest first.
 * @returns vectors as columns: `vectors[row · size + i]` belongs to `values[i]`
 */
export function symmetricEigen(
  matrix: Float64Array,
  size: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = matrix.slice();
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]!);
  const values = Float64Array.from(order, (i) => a[i * size + i]!);
  const vectors = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let to = 0; to < size; to++) vectors[row * size + to] = v[row * size + order[to]!]!;
  }
  return { values, vectors };
}

function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const off = a[p * size + q]!;
  if (off === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, s);
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, s);
  for (let k = 0; k < size; k++) turn(v, k * size + p, k * size + q, c, s);
}

function turn(m: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = m[i]!;
  const y = m[j]!;
  m[i] = c * x - s * y;
  m[j] = s * x + c * y;
}

/** @returns the inverse of a symmetric positive definite matrix; undefined when it is singular */
export function inverse(matrix: Float64Array, size: number): Float64Array | undefined {
  const a = matrix.slice();
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++) out[i * size + i] = 1;
  for (let i = 0; i < size; i++) {
    const pivot = a[i * size + i]!;
    if (!(pivot > 0)) return undefined;
    for (let k = 0; k < size; k++) {
      a[i * size + k]! /= pivot;
      out[i * size + k]! /= pivot;
    }
    for (let row = 0; row < size; row++) {
      const factor = a[row * size + i]!;
      if (row === i || factor === 0) continue;
      for (let k = 0; k < size; k++) {
        a[row * size + k]! -= factor * a[i * size + k]!;
        out[row * size + k]! -= factor * out[i * size + k]!;
      }
    }
  }
  return out;
}
