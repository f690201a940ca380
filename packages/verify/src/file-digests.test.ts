import { toHex } from '@weighbridge/core/hex';
import { CHUNK_BYTES, leafAt } from '@weighbridge/core/tree';
import { describe, expect, it } from 'vitest';
import { checkFullDigests, checkTreeDigests, firstBadChunk } from './file-digests.js';
import { digestsOf } from './testing/release.js';
import { makeWorld } from './testing/world.js';

const bytes = Uint8Array.from({ length: 3 * CHUNK_BYTES - 7 }, (_, index) => (index * 31) % 251);
const [file] = makeWorld({ files: { 'model.bin': bytes } }).manifest.files as [
  ReturnType<typeof makeWorld>['manifest']['files'][0],
];
const good = digestsOf(bytes);
const flippedAt = (position: number) => digestsOf(bytes.map((byte, index) => (index === position ? byte ^ 1 : byte)));

describe('checkTreeDigests', () => {
  it('has nothing to say about the registered bytes', () =>
    expect(checkTreeDigests(file, good, good.leaves)).toBeUndefined());

  it.each([
    [0, 0],
    [CHUNK_BYTES - 1, 0],
    [CHUNK_BYTES, 1],
    [bytes.length - 1, 2],
  ])('names the chunk of a bit flipped at %i: %i', (position, chunk) => {
    const found = flippedAt(position);
    expect(checkTreeDigests(file, found, good.leaves)).toMatchObject({
      file: 'model.bin',
      problem: 'digest',
      chunk,
      expected: toHex(leafAt(good.leaves, chunk)),
      found: toHex(leafAt(found.leaves, chunk)),
    });
  });

  it('names no chunk without leaves, nor with leaves of something else', () => {
    const found = flippedAt(5);
    for (const leaves of [undefined, found.leaves, good.leaves.subarray(64), new Uint8Array(0)]) {
      const finding = checkTreeDigests(file, found, leaves);
      expect(finding).toMatchObject({ problem: 'digest', expected: file.tree });
      expect(finding).not.toHaveProperty('chunk');
    }
  });
});

describe('checkFullDigests', () => {
  const other = digestsOf(Uint8Array.of(1));
  it('has nothing to say about the registered bytes', () => expect(checkFullDigests(file, good)).toBeUndefined());

  it.each([
    ['tree', { tree: other.tree }],
    ['sha3-512', { whole: other.whole }],
    ['sha256', { sha256: other.sha256 }],
    ['cid', { chunkSha256: new Uint8Array(96) }],
  ])('refuses another %s', (member, change) => {
    const finding = checkFullDigests(file, { ...good, ...change });
    expect(finding?.message).toContain(`its ${member} differs`);
    expect(finding?.expected).toBe(file[member as 'tree']);
    expect(finding?.found).not.toBe(finding?.expected);
  });
});

describe('firstBadChunk', () => {
  it.each([
    ['the same leaves', good.leaves, undefined],
    ['fewer leaves', good.leaves.subarray(0, 128), 2],
    ['no leaves', new Uint8Array(0), 0],
    ['more leaves', Uint8Array.of(...good.leaves, ...new Uint8Array(64)), 3],
  ])('%s', (_, found, expected) => expect(firstBadChunk(good.leaves, found)).toBe(expected));
});
