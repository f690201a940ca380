import type { Outcome } from '@weighbridge/core/outcome';
import { digest, type Json } from './canonical.js';
import { goldenEntry, goldenLeaves } from './release.js';
import { pathOf, rootOf, topOf } from './tree.js';
import { type Vector, vector } from './vector.js';

const CHUNK = 1_048_576;
const SIZE = 3_145_735;
const COUNTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33, 63, 64, 65, 1_000, 1_025];

/** Roots of lists of leaves, and proofs of single chunks of a golden file. */
export function treeVectors(): Vector[] {
  return [...roots(), ...leaves(), ...proofs(), ...badProofs()];
}

/** Leaf `index` of a made-up file is the SHA3-512 of its index in decimal digits: no file of a gigabyte is needed. */
function madeUp(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) => digest('sha3-512', [String(index)]));
}

function roots(): Vector[] {
  const cases = COUNTS.map((count) => {
    const size = count === 0 ? 0 : count * CHUNK - 7;
    return { size, leaves: count, tree: rootOf(size, madeUp(count)) };
  });
  return [
    vector('tree-v1', 'roots', 'OK', {
      says: 'roots of 0 to 1,025 leaves; leaf i is the SHA3-512 of i in decimal digits.',
      files: { 'roots.json': `${JSON.stringify(cases, undefined, 1)}\n` },
    }),
  ];
}

/** Leaves of anybody, to be checked against a root before they are used. */
function leaves(): Vector[] {
  const five = madeUp(5);
  const size = 5 * CHUNK - 7;
  const tree = rootOf(size, five);
  const list = (
    name: string,
    outcome: Outcome,
    says: string,
    leaves: readonly Buffer[],
    members: Record<string, Json> = {},
  ) =>
    vector('tree-v1', `leaves_${name}`, outcome, {
      says,
      files: { 'leaves.bin': new Uint8Array(Buffer.concat(leaves)) },
      given: { size, tree, ...members },
    });
  return [
    list('of_five_chunks', 'OK', 'the leaves of the root.', five),
    list('missing', 'TAMPERED', 'the last leaf is missing.', five.slice(0, 4)),
    list('one_more', 'TAMPERED', 'a leaf too many.', [...five, five[0]!]),
    list('cut', 'TAMPERED', 'the last leaf has 63 bytes.', [...five.slice(0, 4), five[4]!.subarray(0, 63)]),
    list('swapped', 'TAMPERED', 'two leaves changed places.', [five[1]!, five[0]!, ...five.slice(2)]),
    list('flipped', 'TAMPERED', 'one bit is flipped.', [
      Buffer.from(five[0]!).fill(five[0]![0]! ^ 1, 0, 1),
      ...five.slice(1),
    ]),
    list('of_another_size', 'TAMPERED', 'the same leaves for a file that is a byte longer: the size is bound.', five, {
      size: size + 1,
    }),
    list(
      'last_one_doubled',
      'TAMPERED',
      'six leaves, the last of which stands there twice, as Bitcoin once had it.',
      [...five, five[4]!],
      { size: 6 * CHUNK - 7 },
    ),
    list(
      'nodes_in_place_of_leaves',
      'TAMPERED',
      'two inner nodes as the leaves of a file of two chunks: node and leaf are told apart by the size.',
      [topOf(five.slice(0, 4)), five[4]!],
      {
        size: 2 * CHUNK - 7,
      },
    ),
  ];
}

interface Proof {
  readonly size: number;
  readonly index: number;
  /** What the chunk is: bytes of the golden stream. */
  readonly chunk: { readonly from: number; readonly length: number };
  readonly path: readonly string[];
  readonly tree: string;
}

function good(index: number): Proof {
  const path = pathOf(goldenLeaves(SIZE), index).map((node) => node.toString('hex'));
  return {
    size: SIZE,
    index,
    chunk: { from: index * CHUNK, length: Math.min(CHUNK, SIZE - index * CHUNK) },
    path,
    tree: String(goldenEntry('x', SIZE).tree),
  };
}

function proofs(): Vector[] {
  return [
    ...[0, 1, 2, 3].map((index) =>
      proof(`chunk_${index}`, 'OK', `chunk ${index} of a file of 3 MiB and 7 bytes.`, good(index)),
    ),
    proof('only_chunk', 'OK', 'the only chunk of a file of one byte: an empty path.', {
      size: 1,
      index: 0,
      chunk: { from: 0, length: 1 },
      path: [],
      tree: String(goldenEntry('x', 1).tree),
    }),
  ];
}

function badProofs(): Vector[] {
  const one = good(1);
  const last = good(3);
  const bad = (name: string, says: string, other: Partial<Proof>, of = one) =>
    proof(name, 'TAMPERED', says, { ...of, ...other });
  return [
    bad('chunk_of_another_place', 'the bytes of chunk 2 as chunk 1.', { chunk: good(2).chunk }),
    bad('chunk_shifted', 'bytes that begin one byte later.', { chunk: { from: CHUNK + 1, length: CHUNK } }),
    bad('chunk_short', 'a chunk that is not the last, without its last byte.', {
      chunk: { from: CHUNK, length: CHUNK - 1 },
    }),
    bad('chunk_long', 'the last chunk with a byte more.', { chunk: { from: 3 * CHUNK, length: 8 } }, last),
    bad('chunk_empty', 'no bytes.', { chunk: { from: 0, length: 0 } }),
    bad('index_of_another_chunk', 'chunk 1, called chunk 0.', { index: 0 }),
    bad('index_beyond_the_end', 'a fifth chunk of a file of four.', { index: 4 }),
    bad('index_negative', 'a chunk before the first.', { index: -1 }),
    bad('path_flipped', 'one digit of the path is another.', { path: [flip(one.path[0]!), one.path[1]!] }),
    bad('path_reversed', 'the path from the top downwards.', { path: one.path.toReversed() }),
    bad('path_short', 'a step is missing.', { path: one.path.slice(0, 1) }),
    bad('path_long', 'a step too many.', { path: [...one.path, one.path[0]!] }),
    bad('path_empty', 'no path: the chunk would be the whole file.', { path: [] }),
    bad('path_of_32_byte_nodes', 'nodes of half their length.', { path: one.path.map((node) => node.slice(0, 64)) }),
    bad('size_of_another_file', 'the size of a file of three chunks.', { size: 3 * CHUNK }),
    bad('size_a_byte_more', 'a size that is one byte off.', { size: SIZE + 1 }),
    bad('root_of_another_file', 'the root of another file.', { tree: String(goldenEntry('x', 1_048_577).tree) }),
  ];
}

function proof(name: string, outcome: Outcome, says: string, made: Proof): Vector {
  return vector('tree-v1', `proof_${name}`, outcome, {
    says,
    files: { 'proof.json': `${JSON.stringify(made, undefined, 1)}\n` },
  });
}

function flip(hex: string): string {
  return (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
}
