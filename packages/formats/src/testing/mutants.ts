import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { TensorTable } from '@weighbridge/core/tensor';

const OUTCOMES = ['MALFORMED', 'LIMIT', 'UNSAFE_MODEL'];
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

/** Where mutants of a file went: each is refused with one of our codes, or gives a table that keeps its promise. */
export interface MutantCount {
  accepted: number;
  refused: number;
}

/** How many mutants a test makes; `MUTANTS` in the environment asks for more. */
export function mutantCount(): number {
  return Number(process.env.MUTANTS ?? 2_000);
}

/** Milliseconds that they may take on a busy machine. */
export function mutantTimeout(): number {
  return 30_000 + mutantCount();
}

/**
 * Reads damaged copies of good files, the same ones at each run.
 * @throws whatever a reader throws that is no refusal, or RangeError for a bad table
 */
export function readMutants(
  files: readonly Uint8Array[],
  count: number,
  read: (bytes: Uint8Array) => TensorTable,
): MutantCount {
  const random = lehmer(20_261_125);
  const counted: MutantCount = { accepted: 0, refused: 0 };
  for (let round = 0; round < count; round += 1) {
    const bytes = mutate(files[round % files.length]!, random);
    if (isGoodOrRefused(bytes, read)) counted.accepted += 1;
    else counted.refused += 1;
  }
  return counted;
}

function isGoodOrRefused(bytes: Uint8Array, read: (bytes: Uint8Array) => TensorTable): boolean {
  try {
    requireGoodTable(read(bytes), bytes.length);
    return true;
  } catch (error) {
    if (isWeighbridgeError(error) && OUTCOMES.includes(error.code)) return false;
    throw error;
  }
}

/** In bounds, in order, without overlap. @throws RangeError */
export function requireGoodTable({ tensors }: TensorTable, sizeBytes: number): void {
  let end = 0;
  for (const { name, offset, length, shape } of tensors) {
    const numbers = [offset, length, ...shape];
    const isGood = numbers.every((value) => Number.isSafeInteger(value) && value >= 0);
    if (!isGood || offset < end || offset + length > sizeBytes) throw new RangeError(`tensor ${name} is out of place`);
    end = offset + length;
  }
}

/** Up to four changes: a byte flipped, set to an edge, or a run of bytes cut out, doubled or moved; most near the beginning. */
function mutate(file: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes: Uint8Array = file.slice();
  for (let change = random(4); change >= 0; change -= 1) {
    if (bytes.length === 0) return bytes;
    const at = random(random(4) === 0 ? bytes.length : Math.min(bytes.length, 1024));
    const kind = random(6);
    if (kind <= 1) bytes[at] = bytes[at]! ^ (1 << random(8));
    else if (kind <= 3) bytes[at] = EDGES[random(EDGES.length)]!;
    else bytes = splice(bytes, at, random(24), kind === 4 ? 0 : random(bytes.length), random);
  }
  return bytes;
}

function splice(
  bytes: Uint8Array,
  at: number,
  cut: number,
  from: number,
  random: (below: number) => number,
): Uint8Array {
  const put = from === 0 ? new Uint8Array(0) : bytes.subarray(from, from + random(24));
  return new Uint8Array(Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + cut)]));
}

/** Lehmer's generator in exact integers. */
function lehmer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
