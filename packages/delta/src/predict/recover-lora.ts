import { inverse } from './small-matrix.js';
import { type LowRank, looksLowRank, lowRankStart, type Matrix } from './low-rank-start.js';
import { halfPlaces, type LoraId, readValues, widthOf } from './lora-samples.js';
import type { LoraFactors } from './plan-lora.js';

/** Steps of the projection, and how far they go beyond their aim: farther as long as that helps. */
const STEPS = 20;
const FIRST_RELAXATION = 2;
const FASTER = 1.3;
const SLOWER = 0.4;
/** Steps end when fewer elements than one in so many are outside of their cells. */
const ENOUGH = 2000;
/** Rows that tell whether there is a low rank at all, before all are looked at. */
const TEST_ROWS = 128;

/**
 * Finds the factors of a low-rank change that nobody kept: the singular vectors of the difference, moved until what they say rounds
 * to the target.
 * @param target whole tensors of `shape`, little-endian
 * @returns factors of scale 1 for `planLora`; undefined when the change is not of low rank
 */
export function recoverLora(
  id: LoraId,
  target: Uint8Array,
  source: Uint8Array,
  shape: readonly number[],
): LoraFactors | undefined {
  const rows = shape[0] ?? 1;
  const columns = target.length / widthOf(id) / rows;
  if (!Number.isInteger(columns) || source.length !== target.length) return undefined;
  const change = changeOf(id, target, source, rows, columns);
  const test = { rows: Math.min(rows, TEST_ROWS), columns, values: change.values.subarray(0, TEST_ROWS * columns) };
  if (!looksLowRank(test)) return undefined;
  const start = lowRankStart(change);
  if (start === undefined) return undefined;
  const halves = halfPlaces(id, target);
  projectAll(change, halves, start);
  return {
    rows,
    columns,
    rank: start.rank,
    left: Float32Array.from(start.left),
    right: Float32Array.from(start.right),
    places: 23,
    scales: [1],
  };
}

/** A step after which more elements are outside of their cells is taken back. */
function projectAll(change: Matrix, halves: Float32Array, factors: LowRank): void {
  let relaxation = FIRST_RELAXATION;
  let least = Number.POSITIVE_INFINITY;
  const kept = { left: factors.left.slice(), right: factors.right.slice() };
  for (let step = 0; step < STEPS && least * ENOUGH > change.values.length; step++) {
    const before = { left: factors.left.slice(), right: factors.right.slice() };
    const outside = project(change, halves, factors, relaxation);
    if (outside <= least) {
      least = outside;
      relaxation *= FASTER;
      kept.left = before.left;
      kept.right = before.right;
    } else {
      relaxation *= SLOWER;
      factors.left.set(kept.left);
      factors.right.set(kept.right);
    }
  }
  factors.left.set(kept.left);
  factors.right.set(kept.right);
}

/** What is not finite counts as unchanged. */
function changeOf(id: LoraId, target: Uint8Array, source: Uint8Array, rows: number, columns: number): Matrix {
  const values = new Float32Array(rows * columns);
  const before = new Float32Array(rows * columns);
  readValues(id, target, values);
  readValues(id, source, before);
  for (let i = 0; i < values.length; i++) {
    const change = values[i]! - before[i]!;
    values[i] = change - change === 0 ? change : 0;
  }
  return { rows, columns, values };
}

/**
 * Moves both factors by what their product misses: that of each element by which it lies outside of its cell.
 * @param halves half a unit in the last place of each target @returns elements that were outside
 */
function project(
  { rows, columns, values }: Matrix,
  halves: Float32Array,
  { rank, left, right }: LowRank,
  relaxation: number,
): number {
  const leftInverse = inverse(gramOfColumns(left, rank, rows), rank);
  const rightInverse = inverse(gramOfRows(right, rank, columns), rank);
  if (leftInverse === undefined || rightInverse === undefined) return 0;
  const product = new Float64Array(columns);
  const across = new Float64Array(rank * columns);
  const own = new Float64Array(rank);
  let outside = 0;
  for (let row = 0; row < rows; row++) {
    product.fill(0);
    for (let k = 0; k < rank; k++) addScaled(product, right, k * columns, left[row * rank + k]!);
    own.fill(0);
    const base = row * columns;
    for (let column = 0; column < columns; column++) {
      const off = product[column]! - values[base + column]!;
      const half = halves[base + column]!;
      if (Math.abs(off) <= half) continue;
      outside++;
      const miss = off > 0 ? half - off : -half - off;
      for (let k = 0; k < rank; k++) {
        own[k]! += miss * right[k * columns + column]!;
        across[k * columns + column]! += miss * left[row * rank + k]!;
      }
    }
    for (let k = 0; k < rank; k++) left[row * rank + k]! += relaxation * rowTimes(rightInverse, own, k, rank);
  }
  for (let k = 0; k < rank; k++) {
    for (let j = 0; j < rank; j++) {
      const factor = relaxation * leftInverse[k * rank + j]!;
      for (let column = 0; column < columns; column++)
        right[k * columns + column]! += factor * across[j * columns + column]!;
    }
  }
  return outside;
}

function addScaled(to: Float64Array, from: Float64Array, at: number, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[at + i]!;
}

function rowTimes(matrix: Float64Array, vector: Float64Array, row: number, size: number): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += matrix[row * size + k]! * vector[k]!;
  return sum;
}

function gramOfColumns(values: Float64Array, rank: number, rows: number): Float64Array {
  const out = new Float64Array(rank * rank);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < rank; i++) {
      for (let j = 0; j < rank; j++) out[i * rank + j]! += values[row * rank + i]! * values[row * rank + j]!;
    }
  }
  return out;
}

function gramOfRows(values: Float64Array, rank: number, columns: number): Float64Array {
  const out = new Float64Array(rank * rank);
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j < rank; j++) {
      let sum = 0;
      for (let column = 0; column < columns; column++)
        sum += values[i * columns + column]! * values[j * columns + column]!;
      out[i * rank + j] = sum;
    }
  }
  return out;
}
