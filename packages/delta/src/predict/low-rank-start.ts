import { symmetricEigen } from './small-matrix.js';

/** A matrix of `rows` × `columns`, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Two factors whose product is near to a matrix: `rows` × `rank` and `rank` × `columns`. */
export interface LowRank {
  readonly rank: number;
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/** Width of the sketches, one after the other, until one is wider than the rank by so much. */
const WIDTHS = [24, 72] as const;
const SPARE = 3;
/** What of the square sum the sketch has to hold for there to be a low rank at all. */
const LEAST_SHARE = 0.6;
/** How far a singular value has to stand out above the largest of noise. */
const ABOVE_NOISE = 1.8;
/** The same share for a few rows, which hold more of anything. */
const LEAST_TEST_SHARE = 0.5;

/** @returns factors of the matrix's own rank, noise apart; undefined when that is not low */
export function lowRankStart(matrix: Matrix): LowRank | undefined {
  for (const width of WIDTHS) {
    if (2 * width > Math.min(matrix.rows, matrix.columns)) return undefined;
    const found = sketched(matrix, width, LEAST_SHARE);
    if (found === undefined || found.rank === 0) return undefined;
    if (found.rank + SPARE <= width) return found;
  }
  return undefined;
}

/** @returns whether a few rows of a matrix look as if it had a low rank */
export function looksLowRank(rows: Matrix): boolean {
  const [width] = WIDTHS;
  return 2 * width <= Math.min(rows.rows, rows.columns) && sketched(rows, width, LEAST_TEST_SHARE) !== undefined;
}

/** A randomized singular value decomposition with one power iteration; the random signs are always the same. */
function sketched(matrix: Matrix, width: number, leastShare: number): LowRank | undefined {
  const { rows, columns } = matrix;
  const total = squareSum(matrix.values);
  if (!(total > 0)) return undefined;
  const first = orthonormal(timesSigns(matrix, width), width, rows);
  const across = orthonormal(fromLeft(matrix, first, width), width, columns);
  const basis = orthonormal(fromRight(matrix, across, width), width, rows);
  const right = fromLeft(matrix, basis, width);
  const { values, vectors } = symmetricEigen(gram(right, width, columns), width);
  const held = values.reduce((sum, value) => sum + value, 0);
  if (held < leastShare * total) return undefined;
  const deviation = Math.sqrt(Math.max(0, total - held) / (rows * columns));
  const edge = ABOVE_NOISE * deviation * (Math.sqrt(rows) + Math.sqrt(columns));
  const rank = values.findIndex((value) => Math.sqrt(Math.max(0, value)) <= edge);
  return rank < 0 ? { rank: width, left: basis, right } : balanced(basis, right, values, vectors, rank, width, matrix);
}

/** Both factors get the root of each singular value. */
function balanced(
  basis: Float64Array,
  across: Float64Array,
  values: Float64Array,
  vectors: Float64Array,
  rank: number,
  width: number,
  { rows, columns }: Matrix,
): LowRank {
  const left = new Float64Array(rows * rank);
  const right = new Float64Array(rank * columns);
  for (let k = 0; k < rank; k++) {
    const root = Math.sqrt(Math.sqrt(values[k]!));
    for (let i = 0; i < width; i++) {
      const part = vectors[i * width + k]!;
      for (let row = 0; row < rows; row++) left[row * rank + k]! += basis[i * rows + row]! * part * root;
      for (let column = 0; column < columns; column++) {
        right[k * columns + column]! += (across[i * columns + column]! * part) / root;
      }
    }
  }
  return { rank, left, right };
}

function squareSum(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return sum;
}

/** @returns `width` vectors, one after the other: the matrix times vectors of random signs */
function timesSigns({ rows, columns, values }: Matrix, width: number): Float64Array {
  const out = new Float64Array(width * rows);
  let state = 0x2545f491;
  for (let i = 0; i < width; i++) {
    const signs = new Float64Array(columns);
    for (let column = 0; column < columns; column++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      signs[column] = state < 0 ? -1 : 1;
    }
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      const base = row * columns;
      for (let column = 0; column < columns; column++) sum += values[base + column]! * signs[column]!;
      out[i * rows + row] = sum;
    }
  }
  return out;
}

/** @param vectors `width` of `rows` numbers @returns `width` of `columns`: each vector times the matrix */
function fromLeft({ rows, columns, values }: Matrix, vectors: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width * columns);
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    for (let i = 0; i < width; i++) {
      const factor = vectors[i * rows + row]!;
      const to = i * columns;
      for (let column = 0; column < columns; column++) out[to + column]! += factor * values[base + column]!;
    }
  }
  return out;
}

/** @param vectors `width` of `columns` numbers @returns `width` of `rows`: the matrix times each vector */
function fromRight({ rows, columns, values }: Matrix, vectors: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width * rows);
  for (let row = 0; row < rows; row++) {
    const base = row * columns;
    for (let i = 0; i < width; i++) {
      const from = i * columns;
      let sum = 0;
      for (let column = 0; column < columns; column++) sum += values[base + column]! * vectors[from + column]!;
      out[i * rows + row] = sum;
    }
  }
  return out;
}

/** Gram and Schmidt, twice; a vector that vanishes stays zero. */
function orthonormal(vectors: Float64Array, width: number, length: number): Float64Array {
  for (let i = 0; i < width; i++) {
    const own = vectors.subarray(i * length, (i + 1) * length);
    for (let j = 0; j < 2 * i; j++) {
      const other = vectors.subarray((j % i) * length, ((j % i) + 1) * length);
      const along = dot(own, other);
      for (let k = 0; k < length; k++) own[k]! -= along * other[k]!;
    }
    const size = Math.sqrt(dot(own, own));
    if (size > 0) for (let k = 0; k < length; k++) own[k]! /= size;
  }
  return vectors;
}

function gram(vectors: Float64Array, width: number, length: number): Float64Array {
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(vectors.subarray(i * length, (i + 1) * length), vectors.subarray(j * length, (j + 1) * length));
      out[i * width + j] = value;
      out[j * width + i] = value;
    }
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
