import { sha3 } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, treeRoot } from '@weighbridge/core/tree';
import { expect, it } from 'vitest';
import { EventLoopTurns } from './event-loop-turns.js';
import { treeRootInTurns } from './tree-root.js';

/** Any 64 bytes do for a leaf. */
function someLeaves(count: number): Uint8Array {
  return new Uint8Array(Buffer.concat(Array.from({ length: count }, (_, index) => sha3(Buffer.from(`leaf ${index}`)))));
}

it.each([0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 1000, 1025])(
  'is the root of all at once, %i leaves',
  async (count) => {
    const leaves = someLeaves(count);
    const sizeBytes = count * CHUNK_BYTES;
    expect(await treeRootInTurns(sizeBytes, leaves, new EventLoopTurns())).toBe(treeRoot(sizeBytes, leaves));
  },
);

it('reduces the tops of runs in runs again', { timeout: 60_000 }, async () => {
  const leaves = new Uint8Array((256 * 256 + 3) * 64).fill(7);
  const sizeBytes = (leaves.length / 64) * CHUNK_BYTES;
  expect(await treeRootInTurns(sizeBytes, leaves, new EventLoopTurns())).toBe(treeRoot(sizeBytes, leaves));
});
