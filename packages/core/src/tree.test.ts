import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenBytes, goldenFiles } from '../../../test/support/golden-stream.js';
import type { Digest } from './brands.js';
import { toHex } from './hex.js';
import { sha3 } from './sha3.js';
import {
  CHUNK_BYTES,
  chunkCount,
  chunkLength,
  leafAt,
  leavesMatch,
  provePath,
  rootOfTop,
  treeRoot,
  treeTop,
  verifyChunk,
} from './tree.js';

const MIB = 1_048_576;

function leavesOf(bytes: Uint8Array): Uint8Array {
  const chunks = Array.from({ length: chunkCount(bytes.length) }, (_, index) =>
    bytes.subarray(index * MIB, (index + 1) * MIB),
  );
  return new Uint8Array(Buffer.concat(chunks.map((chunk) => sha3(chunk))));
}

/** Any 64 bytes do for a leaf. */
function someLeaves(count: number): Uint8Array {
  return new Uint8Array(Buffer.concat(Array.from({ length: count }, (_, index) => sha3(Uint8Array.of(index)))));
}

const node = (left: Uint8Array, right: Uint8Array) => sha3(Uint8Array.of(1), left, right);

describe('treeRoot', () => {
  it.each(goldenFiles().map((file) => [file.size, file] as const))('known answer of %i bytes', (size, golden) => {
    const leaves = leavesOf(goldenBytes(size));
    expect(treeRoot(size, leaves)).toBe(golden.tree);
    expect(leavesMatch(leaves, size, golden.tree as Digest)).toBe(true);
    if (golden.leaves !== undefined) expect(toHex(leaves)).toBe(golden.leaves.join(''));
  });

  it('is spelled out for one chunk, byte for byte', () => {
    const leaf = sha3(Buffer.from('abc'));
    const size = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3);
    const message = [
      Uint8Array.of(2),
      Buffer.from('weighbridge/tree/v1', 'ascii'),
      size,
      Uint8Array.of(0, 16, 0, 0),
      leaf,
    ];
    expect(treeRoot(3, leaf)).toBe(toHex(sha3(...message)));
  });

  it('binds sizes beyond 2^32 in eight bytes', () => {
    const top = sha3();
    const roots = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((size) => rootOfTop(size, top));
    expect(new Set(roots).size).toBe(roots.length);
    const size = Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255);
    const message = [Uint8Array.of(2), Buffer.from('weighbridge/tree/v1'), size, Uint8Array.of(0, 16, 0, 0), top];
    expect(roots.at(-1)).toBe(toHex(sha3(...message)));
  });

  it.each([
    [0, 64],
    [1, 0],
    [1, 128],
    [MIB, 128],
    [MIB + 1, 64],
    [MIB + 1, 127],
  ])('%i bytes do not have %i bytes of leaves', (size, length) => {
    const leaves = new Uint8Array(length);
    expect(() => treeRoot(size, leaves)).toThrow(RangeError);
    expect(leavesMatch(leaves, size, 'a'.repeat(128) as Digest)).toBe(false);
  });
});

describe('leavesMatch', () => {
  it('refuses any changed bit, swapped leaves and another size', () => {
    const leaves = someLeaves(5);
    const root = treeRoot(5 * MIB, leaves);
    for (let at = 0; at < leaves.length; at += 1) {
      const changed = leaves.slice();
      changed[at]! ^= 1;
      expect(leavesMatch(changed, 5 * MIB, root)).toBe(false);
    }
    const swapped = Buffer.concat([leafAt(leaves, 1), leafAt(leaves, 0), leaves.subarray(128)]);
    expect(leavesMatch(swapped, 5 * MIB, root)).toBe(false);
    expect(leavesMatch(leaves, 5 * MIB - 1, root)).toBe(false);
  });
});

describe('shape of RFC 9162', () => {
  const leaf = (index: number) => sha3(Uint8Array.of(index));

  it('left holds the largest power of two below the count', () => {
    const [a, b, c, d, e, f, g] = [0, 1, 2, 3, 4, 5, 6].map(leaf) as Uint8Array[];
    const abcd = node(node(a!, b!), node(c!, d!));
    expect(treeTop(new Uint8Array(0))).toEqual(sha3());
    expect(treeTop(someLeaves(1))).toEqual(a);
    expect(treeTop(someLeaves(2))).toEqual(node(a!, b!));
    expect(treeTop(someLeaves(3))).toEqual(node(node(a!, b!), c!));
    expect(treeTop(someLeaves(4))).toEqual(abcd);
    expect(treeTop(someLeaves(5))).toEqual(node(abcd, e!));
    expect(treeTop(someLeaves(6))).toEqual(node(abcd, node(e!, f!)));
    expect(treeTop(someLeaves(7))).toEqual(node(abcd, node(node(e!, f!), g!)));
  });

  it('is the same when aligned runs are replaced by their tops', () => {
    for (const count of [1, 7, 8, 9, 16, 17, 24, 100]) {
      const leaves = someLeaves(count);
      const runs = Array.from({ length: Math.ceil(count / 8) }, (_, index) =>
        leaves.subarray(index * 512, (index + 1) * 512),
      );
      expect(treeTop(new Uint8Array(Buffer.concat(runs.map(treeTop))))).toEqual(treeTop(leaves));
    }
  });

  /** The verification of RFC 9162 §2.1.3.2, word for word; another algorithm than ours. */
  function rfc9162Root(index: number, count: number, leafHash: Uint8Array, path: readonly Uint8Array[]) {
    let [fn, sn, r] = [index, count - 1, leafHash];
    for (const p of path) {
      if (sn === 0) return undefined;
      if (fn % 2 === 1 || fn === sn) {
        r = node(p, r);
        while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
      } else {
        r = node(r, p);
      }
      [fn, sn] = [fn >> 1, sn >> 1];
    }
    return sn === 0 ? r : undefined;
  }

  it('proofs are those of RFC 9162, for every index of 1 to 33 leaves', () => {
    for (let count = 1; count <= 33; count += 1) {
      const leaves = someLeaves(count);
      for (let index = 0; index < count; index += 1) {
        const path = provePath(leaves, index);
        expect(rfc9162Root(index, count, leafAt(leaves, index), path)).toEqual(treeTop(leaves));
      }
    }
  });

  it.each([-1, 3, 0.5, Number.NaN])('there is no proof of leaf %d of 3', (index) => {
    expect(() => provePath(someLeaves(3), index)).toThrow(RangeError);
  });
});

describe('verifyChunk', () => {
  const chunk = Buffer.from('the last chunk of a file');

  /** A file of `count` chunks whose last one is short, as the only one whose bytes are at hand. */
  function lastChunkOf(count: number) {
    const leaves = someLeaves(count);
    leaves.set(sha3(chunk), (count - 1) * 64);
    const size = (count - 1) * MIB + chunk.length;
    return { size, index: count - 1, path: provePath(leaves, count - 1), root: treeRoot(size, leaves) };
  }

  it('proves every chunk of 1 to 33, the last one short', () => {
    const full = goldenBytes(MIB);
    const leaf = sha3(full);
    for (let count = 1; count <= 33; count += 1) {
      const { size, index, path, root } = lastChunkOf(count);
      expect(verifyChunk(size, index, chunk, path, root)).toBe(true);
      for (const at of new Set([0, count >> 1, count - 2].filter((candidate) => candidate >= 0 && candidate < index))) {
        const leaves = someLeaves(count);
        leaves.set(leaf, at * 64);
        expect(verifyChunk(count * MIB, at, full, provePath(leaves, at), treeRoot(count * MIB, leaves))).toBe(true);
      }
    }
  });

  describe.each([1, 2, 3, 4, 5, 7, 8, 9, 33])('of %i chunks refuses', (count) => {
    const { size, index, path, root } = lastChunkOf(count);
    const refuses = (change: {
      size?: number;
      index?: number;
      chunk?: Uint8Array;
      path?: Uint8Array[];
      root?: Digest;
    }) => {
      const claim = { size, index, chunk, path, root, ...change };
      return !verifyChunk(claim.size, claim.index, claim.chunk, claim.path, claim.root);
    };

    it('another chunk', () => {
      const flipped = Buffer.from(chunk);
      flipped[5]! ^= 0x80;
      expect(refuses({ chunk: flipped })).toBe(true);
      expect(refuses({ chunk: chunk.subarray(1) })).toBe(true);
      expect(refuses({ chunk: Buffer.concat([chunk, Buffer.alloc(1)]) })).toBe(true);
      expect(refuses({ chunk: Buffer.alloc(0) })).toBe(true);
    });

    it('another place or size', () => {
      for (const other of [-1, index - 1, index + 1, count, 0.5, Number.NaN, 2 ** 31, 2 ** 53]) {
        if (other !== index) expect(refuses({ index: other })).toBe(true);
      }
      for (const other of [0, size - 1, size + 1, size + MIB, size * 2, 2 ** 53 - 1])
        expect(refuses({ size: other })).toBe(true);
    });

    it('another path', () => {
      expect(refuses({ path: [...path, sha3()] })).toBe(true);
      expect(refuses({ path: [sha3(), ...path] })).toBe(true);
      for (let step = 0; step < path.length; step += 1) {
        const flipped = path.map((sibling, at) =>
          at === step ? Uint8Array.from(sibling, (byte) => byte ^ 1) : sibling,
        );
        expect(refuses({ path: flipped })).toBe(true);
        expect(refuses({ path: path.toSpliced(step, 1) })).toBe(true);
        expect(refuses({ path: path.with(step, path[step]!.subarray(1)) })).toBe(true);
        expect(refuses({ path: path.with(step, Buffer.concat([path[step]!, Buffer.alloc(1)])) })).toBe(true);
      }
      if (path.length > 1) expect(refuses({ path: path.toReversed() })).toBe(true);
    });

    it('another root', () => {
      expect(refuses({ root: 'a'.repeat(128) as Digest })).toBe(true);
    });
  });

  it('refuses an index beside the file that would lead to a good leaf', () => {
    const full = goldenBytes(MIB);
    const leaves = new Uint8Array(Buffer.concat([sha3(full), sha3(full), sha3(full)]));
    const root = treeRoot(3 * MIB, leaves);
    expect(verifyChunk(3 * MIB, 0, full, provePath(leaves, 0), root)).toBe(true);
    for (const index of [-1, 0.5, -0.5, 2.5, 3, Number.NaN, Number.NEGATIVE_INFINITY]) {
      for (const from of [0, 2]) expect(verifyChunk(3 * MIB, index, full, provePath(leaves, from), root)).toBe(false);
    }
  });

  describe('a root that a dishonest publisher made for a shape that the size does not have', () => {
    const size = MIB + 5;
    const [first, second] = [goldenBytes(MIB), Buffer.from('12345')];

    it('with a longer last chunk', () => {
      const leaves = new Uint8Array(Buffer.concat([sha3(first), sha3(Buffer.from('123456'))]));
      const root = treeRoot(size, leaves);
      expect(verifyChunk(size, 1, Buffer.from('123456'), provePath(leaves, 1), root)).toBe(false);
    });

    it('with one leaf for two chunks', () => {
      expect(verifyChunk(size, 0, first, [], rootOfTop(size, sha3(first)))).toBe(false);
    });

    it('with a level too many', () => {
      const top = node(node(sha3(first), sha3(second)), sha3());
      expect(verifyChunk(size, 0, first, [sha3(second), sha3()], rootOfTop(size, top))).toBe(false);
    });

    it('with a sibling of another length', () => {
      const sibling = Buffer.alloc(65, 7);
      expect(verifyChunk(size, 0, first, [sibling], rootOfTop(size, node(sha3(first), sibling)))).toBe(false);
    });
  });

  it('does not take a node for a chunk', () => {
    const leaves = someLeaves(2);
    const root = treeRoot(2 * MIB, leaves);
    const forged = Buffer.concat([Uint8Array.of(1), leaves]);
    expect(verifyChunk(forged.length, 0, forged, [], root)).toBe(false);
  });
});

describe('chunkCount and chunkLength', () => {
  it.each([
    [0, 0],
    [1, 1],
    [MIB, 1],
    [MIB + 1, 2],
    [2 ** 32, 4096],
    [2 ** 53 - 1, 2 ** 33],
  ])('%i bytes are %i chunks', (size, count) => expect(chunkCount(size)).toBe(count));

  it('the lengths add up to the size, all full but the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 * MIB }), (size) => {
        const lengths = Array.from({ length: chunkCount(size) }, (_, index) => chunkLength(size, index));
        expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(size);
        expect(lengths.slice(0, -1).every((length) => length === CHUNK_BYTES)).toBe(true);
        expect(lengths.at(-1)).toBeGreaterThan(0);
      }),
    );
  });
});
