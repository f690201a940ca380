import { log2 } from './log2.js';

/** What a symbol that occurs adds to a table, and a table to a header, in bits: estimates that decide what is merged. */
const SYMBOL_BITS = 6;
const TABLE_BITS = 12;

/** One table for a run of neighboring contexts. */
export interface ContextRun {
  /** The run's last context, inclusive. */
  last: number;
  readonly counts: Int32Array;
  /** Bits that the run's symbols and its table take. */
  bits: number;
}

/**
 * Merges neighboring contexts as long as that makes the whole smaller, and on until `most` are left: delta-v1-numeric §4.1.
 * Contexts that never occur fall to the run before them.
 * @param counts `counts[context · stride + symbol]`
 * @param tableShare how many tables a run costs
 */
export function mergeContexts(
  counts: Int32Array,
  contexts: number,
  stride: number,
  symbols: number,
  most: number,
  tableShare = 1,
): ContextRun[] {
  const runs = occurring(counts, contexts, stride, symbols, tableShare);
  const gains = runs.slice(1).map((run, i) => gainOf(runs[i]!, run, tableShare));
  while (gains.length > 0) {
    let best = 0;
    for (let i = 1; i < gains.length; i++) if (gains[i]! > gains[best]!) best = i;
    if (gains[best]! <= 0 && runs.length <= most) break;
    mergeAt(runs, gains, best, tableShare);
  }
  if (runs.length > 0) runs.at(-1)!.last = contexts - 1;
  return runs;
}

function occurring(
  counts: Int32Array,
  contexts: number,
  stride: number,
  symbols: number,
  tableShare: number,
): ContextRun[] {
  const runs: ContextRun[] = [];
  for (let context = 0; context < contexts; context++) {
    if (isEmpty(counts, context * stride, symbols)) {
      if (runs.length > 0) runs.at(-1)!.last = context;
      continue;
    }
    const own = counts.subarray(context * stride, context * stride + symbols);
    runs.push({ last: context, counts: own, bits: bitsOf(own, own, 0, tableShare) });
  }
  return runs;
}

function isEmpty(counts: Int32Array, from: number, length: number): boolean {
  for (let i = from; i < from + length; i++) if (counts[i] !== 0) return false;
  return true;
}

function mergeAt(runs: ContextRun[], gains: number[], at: number, tableShare: number): void {
  const left = runs[at]!;
  const right = runs[at + 1]!;
  left.bits += right.bits - gains[at]!;
  for (let i = 0; i < left.counts.length; i++) left.counts[i]! += right.counts[i]!;
  left.last = right.last;
  runs.splice(at + 1, 1);
  gains.splice(at, 1);
  if (at > 0) gains[at - 1] = gainOf(runs[at - 1]!, left, tableShare);
  if (at < gains.length) gains[at] = gainOf(left, runs[at + 1]!, tableShare);
}

function gainOf(left: ContextRun, right: ContextRun, tableShare: number): number {
  return left.bits + right.bits - bitsOf(left.counts, right.counts, 1, tableShare);
}

function bitsOf(left: Int32Array, right: Int32Array, rightTimes: 0 | 1, tableShare: number): number {
  let total = 0;
  let bits = TABLE_BITS * tableShare;
  for (let i = 0; i < left.length; i++) {
    const count = left[i]! + (rightTimes === 1 ? right[i]! : 0);
    if (count === 0) continue;
    total += count;
    bits += SYMBOL_BITS * tableShare - count * log2(count);
  }
  return bits + total * log2(total);
}
