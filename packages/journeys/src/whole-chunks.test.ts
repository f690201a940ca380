import { CHUNK_BYTES } from '@weighbridge/core/tree';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wholeChunks } from './whole-chunks.js';

const SIZE = 3 * CHUNK_BYTES + 5;
const BYTES = Uint8Array.from({ length: SIZE }, (_, index) => (index * 31) % 251);

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk.slice());
  return chunks;
}

it('gives whole chunks, however the pieces are cut', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 2 * CHUNK_BYTES }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sizes, async (cuts) => {
      const chunks = await collect(wholeChunks(cut(BYTES, cuts), SIZE, 0, 4));
      expect(chunks.map(({ length }) => length)).toEqual([CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 5]);
      expect(Buffer.concat(chunks).equals(BYTES)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

it('starts at a chunk and asks for no more than it needs', async () => {
  let asked = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked += 1;
      yield new Uint8Array(CHUNK_BYTES / 2);
    }
  }
  expect(await collect(wholeChunks(endless(), SIZE, 1, 3))).toHaveLength(2);
  expect(asked).toBe(4);
});

it('a source that ends in a chunk is TAMPERED, after the whole ones', async () => {
  const seen: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const chunk of wholeChunks(cut(BYTES.subarray(0, CHUNK_BYTES + 7), []), SIZE, 0, 4))
      seen.push(chunk.length);
  };
  await expect(reading()).rejects.toMatchObject({ code: 'TAMPERED' });
  expect(seen).toEqual([CHUNK_BYTES]);
});
