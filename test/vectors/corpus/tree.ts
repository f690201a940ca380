import { digest, sha3 } from './canonical.js';

const CHUNK = 1_048_576;

/** tree-v1 once more, straight from its definition: the root of a file of `size` bytes with these leaves. */
export function rootOf(size: number, leaves: readonly Buffer[]): string {
  const bound = Buffer.alloc(12);
  bound.writeBigUInt64BE(BigInt(size));
  bound.writeUInt32BE(CHUNK, 8);
  return sha3(Buffer.of(2), 'weighbridge/tree/v1', bound, topOf(leaves));
}

export function topOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return digest('sha3-512', []);
  if (leaves.length === 1) return leaves[0]!;
  const left = splitOf(leaves.length);
  return digest('sha3-512', [Buffer.of(1), topOf(leaves.slice(0, left)), topOf(leaves.slice(left))]);
}

/** Siblings from the leaf upwards. */
export function pathOf(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length === 1) return [];
  const left = splitOf(leaves.length);
  return index < left
    ? [...pathOf(leaves.slice(0, left), index), topOf(leaves.slice(left))]
    : [...pathOf(leaves.slice(left), index - left), topOf(leaves.slice(0, left))];
}

export function leavesOf(bytes: Uint8Array): Buffer[] {
  const count = Math.ceil(bytes.length / CHUNK);
  return Array.from({ length: count }, (_, index) =>
    digest('sha3-512', [bytes.subarray(index * CHUNK, (index + 1) * CHUNK)]),
  );
}

/** The largest power of two below the count. */
function splitOf(count: number): number {
  return 2 ** (Math.ceil(Math.log2(count)) - 1);
}
