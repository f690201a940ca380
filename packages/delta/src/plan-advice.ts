/** What a plan says of one tensor; sizes in bytes. */
export interface AdvisedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** In the package. */
  readonly bytes: number;
  /** Share of its values that change, 0 to 1. */
  readonly changed: number;
}

/** A way to come within the budget. */
export interface Advice {
  readonly kind: 'adapter' | 'adapter-int8' | 'fewer-tensors' | 'stages';
  /** About what the package would have then. */
  readonly totalBytes: number;
  readonly message: string;
  /** Rank of the adapter. */
  readonly rank?: number;
  /** Matrices that the adapter is of. */
  readonly matrices?: number;
  /** Tensors that would have to stay as they are. */
  readonly keep?: readonly string[];
  /** Releases that the change would take. */
  readonly stages?: number;
}

/** Entropy of a normally distributed bf16 value: sign, 7 bits of mantissa, 2.46 of exponent. */
const BF16_BITS = 10.46;
/** The same of an int8 one that uses its range well. */
const INT8_BITS = 7;
const LEAST_SIDE = 16;
const MOST_RANK = 256;
const ATTENTION = /(?:^|[._])(?:q_proj|v_proj|attn_q|attn_v|query|value)(?:[._]|$)/;

/**
 * What would fit where a package does not. Estimates: an adapter has to be trained, and merged, for what it says to be measured.
 * @param overheadBytes of the package that no tensor is to blame for
 */
export function adviseOnBudget(
  tensors: readonly AdvisedTensor[],
  overheadBytes: number,
  budgetBytes: number,
): readonly Advice[] {
  const room = budgetBytes - overheadBytes;
  if (room <= 0) return [];
  const changed = tensors.filter(({ bytes }) => bytes > 0);
  const matrices = changed.filter(
    ({ shape }) => shape.length >= 2 && Math.min(shape[0]!, columnsOf(shape)) >= LEAST_SIDE,
  );
  const attention = matrices.filter(({ name }) => ATTENTION.test(name));
  const found = [
    adapter('adapter', 'bf16', BF16_BITS, matrices, 'every changed matrix', room, overheadBytes),
    attention.length === 0 || attention.length === matrices.length
      ? undefined
      : adapter('adapter', 'bf16', BF16_BITS, attention, 'the q and v matrices', room, overheadBytes),
    adapter('adapter-int8', 'int8', INT8_BITS, matrices, 'every changed matrix', room, overheadBytes),
    fewerTensors(changed, room, overheadBytes),
    stages(changed, room, budgetBytes),
  ];
  return found.filter((advice) => advice !== undefined);
}

function adapter(
  kind: 'adapter' | 'adapter-int8',
  dtype: string,
  bits: number,
  matrices: readonly AdvisedTensor[],
  which: string,
  room: number,
  overheadBytes: number,
): Advice | undefined {
  const perRank = matrices.reduce((sum, { shape }) => sum + ((shape[0]! + columnsOf(shape)) * bits) / 8, 0);
  const rank = Math.min(MOST_RANK, Math.floor(room / perRank));
  if (perRank === 0 || rank < 1) return undefined;
  const totalBytes = Math.ceil(overheadBytes + rank * perRank);
  const message = `a LoRA adapter in ${dtype} of rank ${rank} on ${which} (${matrices.length}) takes about ${totalBytes} bytes`;
  return { kind, totalBytes, message, rank, matrices: matrices.length };
}

/** Leaves out as few tensors as will do: the largest. */
function fewerTensors(changed: readonly AdvisedTensor[], room: number, overheadBytes: number): Advice | undefined {
  const largest = [...changed].sort((a, b) => b.bytes - a.bytes);
  let rest = changed.reduce((sum, { bytes }) => sum + bytes, 0);
  const keep: string[] = [];
  for (const { name, bytes } of largest) {
    if (rest <= room) break;
    keep.push(name);
    rest -= bytes;
  }
  if (keep.length === 0 || keep.length >= changed.length) return undefined;
  const totalBytes = overheadBytes + rest;
  const names = keep.length === 1 ? keep[0] : `the ${keep.length} most costly tensors`;
  return {
    kind: 'fewer-tensors',
    totalBytes,
    keep,
    message: `with ${names} left as before it takes ${totalBytes} bytes`,
  };
}

/** Releases one after the other, each with some of the tensors. */
function stages(changed: readonly AdvisedTensor[], room: number, budgetBytes: number): Advice | undefined {
  const total = changed.reduce((sum, { bytes }) => sum + bytes, 0);
  if (changed.some(({ bytes }) => bytes > room)) return undefined;
  const count = packed(
    changed.map(({ bytes }) => bytes),
    room,
  );
  if (count < 2) return undefined;
  const message = `as ${count} releases one after the other, each with some of the tensors, it takes ${total} bytes in all`;
  return { kind: 'stages', totalBytes: budgetBytes, stages: count, message };
}

/** Bins of `room` bytes that the sizes need, the largest first into the first that has room. */
function packed(sizes: readonly number[], room: number): number {
  const bins: number[] = [];
  for (const size of [...sizes].sort((a, b) => b - a)) {
    const bin = bins.findIndex((used) => used + size <= room);
    if (bin < 0) bins.push(size);
    else bins[bin]! += size;
  }
  return bins.length;
}

function columnsOf(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, size) => product * size, 1);
}
