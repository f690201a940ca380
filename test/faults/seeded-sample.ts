import { createHash } from 'node:crypto';

/** All points with `FAULTS=all`; the seed of a sample is `FAULTS_SEED`. */
export const EVERYTHING = process.env.FAULTS === 'all';
const SEED = process.env.FAULTS_SEED ?? '1';

/** @returns the last and a choice of the others, in their order; the same for the same seed and names */
export function sample<T>(points: readonly T[], count: number, nameOf: (point: T) => string): readonly T[] {
  if (EVERYTHING || points.length <= count) return points;
  const rank = (point: T) =>
    createHash('sha256')
      .update(`${SEED} ${nameOf(point)}`)
      .digest('hex');
  const chosen = new Set([...points.slice(0, -1)].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).slice(0, count - 1));
  return points.filter((point, index) => chosen.has(point) || index === points.length - 1);
}
