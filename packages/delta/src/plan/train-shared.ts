import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { trainT16 } from '../numeric/t16.js';
import type { TensorMatch } from './match-tensors.js';
import type { ResourceList } from './resource-list.js';
import { readTensor, type Side } from './side.js';

const TRAINED = [
  { operation: 5, dtype: 'bf16' },
  { operation: 6, dtype: 'f16' },
] as const;
/** Below this, tables of their own cost leaves less than tables for all cost the package. */
const LEAST_BYTES = 8 * CHUNK_BYTES;
const PAIRS = 16;
const PAIR_BYTES = CHUNK_BYTES / 2;

/** Tables that all leaves of a package may share, made of some of its tensors. */
export function trainShared(target: Side, base: Side, matches: readonly TensorMatch[], resources: ResourceList): void {
  for (const { operation, dtype } of TRAINED) {
    const own = matches.filter((match) => match.target.dtype === dtype);
    if (own.reduce((sum, { length }) => sum + length, 0) < LEAST_BYTES) continue;
    const tables = trainT16(operation, pairs(target, base, own));
    if (tables !== undefined) resources.share(operation, tables);
  }
}

/** Stretches from all over the tensors, each as likely as its tensor is long. */
function* pairs(target: Side, base: Side, matches: readonly TensorMatch[]) {
  const total = matches.reduce((sum, { length }) => sum + length, 0);
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const { match, offset } = placeAt(matches, (total / PAIRS) * (pair + 0.5));
    const start = Math.min(offset, Math.max(0, match.length - PAIR_BYTES));
    const from = start - (start % 2);
    const length = Math.min(PAIR_BYTES, match.length - from);
    const whole = length - (length % 2);
    yield {
      target: readTensor(target, match.target, from, whole),
      source: readTensor(base, match.base, from, whole),
    };
  }
}

function placeAt(matches: readonly TensorMatch[], at: number): { match: TensorMatch; offset: number } {
  let before = 0;
  for (const match of matches) {
    if (at < before + match.length) return { match, offset: Math.floor(at - before) };
    before += match.length;
  }
  return { match: matches.at(-1)!, offset: 0 };
}
