import type { Digest } from './brands.js';
import { bytesEqual, digestOf, fromHex } from './hex.js';
import { sha3 } from './sha3.js';

/** tree-v1 §1: bytes of a chunk; a leaf is the SHA3-512 of one chunk without prefix. */
export const CHUNK_BYTES = 1_048_576;
export const LEAF_BYTES = 64;

const NODE_PREFIX = Uint8Array.of(0x01);
const ROOT_PREFIX = Uint8Array.of(0x02);
const DOMAIN = new TextEncoder().encode('weighbridge/tree/v1');

/** Number of chunks, hence leaves, of a file; none for an empty file. */
export function chunkCount(sizeBytes: number): number {
  return Math.ceil(sizeBytes / CHUNK_BYTES);
}

/** Length in bytes of chunk `index` of a file of `sizeBytes`. */
export function chunkLength(sizeBytes: number, index: number): number {
  return Math.min(CHUNK_BYTES, sizeBytes - index * CHUNK_BYTES);
}

/**
 * tree-v1 §4: the root of a file.
 * @param leaves the concatenated leaves, 64 bytes a chunk
 * @throws RangeError when the number of leaves does not follow from the size
 */
export function treeRoot(sizeBytes: number, leaves: Uint8Array): Digest {
  const count = chunkCount(sizeBytes);
  if (leaves.length !== count * LEAF_BYTES) {
    throw new RangeError(`${sizeBytes} bytes have ${count} leaves, not ${leaves.length / LEAF_BYTES}`);
  }
  return rootOfTop(sizeBytes, treeTop(leaves));
}

/**
 * tree-v1 §3.2 and §3.3: the top of a list of nodes. Aligned runs of 2^k leaves may be replaced by their tops before:
 * the shape is the same, so that a long list can be worked off in pieces.
 * @param nodes concatenated, 64 bytes each; none for an empty file
 */
export function treeTop(nodes: Uint8Array): Uint8Array {
  return nodes.length === 0 ? sha3() : subtree(nodes, 0, nodes.length / LEAF_BYTES);
}

/** tree-v1 §4: binds size and chunk length to the top. */
export function rootOfTop(sizeBytes: number, top: Uint8Array): Digest {
  const bound = new DataView(new ArrayBuffer(12));
  bound.setBigUint64(0, BigInt(sizeBytes));
  bound.setUint32(8, CHUNK_BYTES);
  return digestOf(sha3(ROOT_PREFIX, DOMAIN, new Uint8Array(bound.buffer), top));
}

/** tree-v1 §7.2: whether leaves of any origin belong to this root. Never throws: leaves are hostile until this says yes. */
export function leavesMatch(leaves: Uint8Array, sizeBytes: number, root: Digest): boolean {
  return leaves.length === chunkCount(sizeBytes) * LEAF_BYTES && treeRoot(sizeBytes, leaves) === root;
}

export function leafAt(leaves: Uint8Array, index: number): Uint8Array {
  return leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES);
}

/** tree-v1 §5: the audit path of a leaf, from the leaf's sibling up to the top's child. @public for whoever loads in parts */
export function provePath(leaves: Uint8Array, index: number): Uint8Array[] {
  const count = leaves.length / LEAF_BYTES;
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) throw new RangeError(`no leaf ${index} of ${count}`);
  const path: Uint8Array[] = [];
  let from = 0;
  let to = count;
  while (to - from > 1) {
    const middle = from + largestPowerOfTwoBelow(to - from);
    if (index < middle) {
      path.push(subtree(leaves, middle, to));
      to = middle;
    } else {
      path.push(subtree(leaves, from, middle));
      from = middle;
    }
  }
  return path.reverse();
}

/**
 * tree-v1 §6: proves one chunk alone. Count, path length, sides and the chunk's length follow from
 * `sizeBytes` and `index`, both from a verified manifest, never from the proof.
 * @public for whoever loads in parts
 */
export function verifyChunk(
  sizeBytes: number,
  index: number,
  chunk: Uint8Array,
  path: readonly Uint8Array[],
  root: Digest,
): boolean {
  const count = chunkCount(sizeBytes);
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) return false;
  if (chunk.length !== chunkLength(sizeBytes, index)) return false;
  const sides = pathSides(count, index);
  if (path.length !== sides.length || path.some((node) => node.length !== LEAF_BYTES)) return false;
  let node = sha3(chunk);
  for (const [step, sibling] of path.entries()) {
    node = sides[step] === 'left' ? parent(sibling, node) : parent(node, sibling);
  }
  return bytesEqual(fromHex(rootOfTop(sizeBytes, node)), fromHex(root));
}

/** On which side the sibling stands at each step, from the leaf upwards. */
function pathSides(count: number, index: number): ('left' | 'right')[] {
  const sides: ('left' | 'right')[] = [];
  let from = 0;
  let to = count;
  while (to - from > 1) {
    const middle = from + largestPowerOfTwoBelow(to - from);
    sides.push(index < middle ? 'right' : 'left');
    if (index < middle) to = middle;
    else from = middle;
  }
  return sides.reverse();
}

/** tree-v1 §3: RFC 9162 shape, the left subtree holds the largest power of two below the count. */
function subtree(leaves: Uint8Array, from: number, to: number): Uint8Array {
  if (to - from === 1) return leafAt(leaves, from);
  const middle = from + largestPowerOfTwoBelow(to - from);
  return parent(subtree(leaves, from, middle), subtree(leaves, middle, to));
}

/** tree-v1 §2. */
function parent(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha3(NODE_PREFIX, left, right);
}

function largestPowerOfTwoBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}
