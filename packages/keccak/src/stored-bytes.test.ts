import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DigestEngine, OpenedFile } from '@weighbridge/core/digest-engine';
import { toHex } from '@weighbridge/core/hex';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createNodeEngine } from './node-engine.js';

const MIB = CHUNK_BYTES;
let folder: string;
let engine: DigestEngine;
const descriptors: number[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chunk-tap-'));
});
beforeEach(() => {
  engine = createNodeEngine({ threads: 2 });
});
afterEach(async () => {
  await engine.close();
  for (const fd of descriptors.splice(0)) closeSync(fd);
});
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(bytes: Uint8Array, sizeBytes = bytes.length): OpenedFile {
  const path = join(folder, randomBytes(6).toString('hex'));
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  descriptors.push(fd);
  return { fd, sizeBytes };
}

/** Makes the next files too much for the main thread. */
async function spendTheInlineBudget(): Promise<void> {
  await engine.digestTree(fileOf(new Uint8Array(8 * MIB)));
}

describe.each(['on the main thread', 'on threads'])('tap, %s', (place) => {
  beforeEach(async () => {
    if (place === 'on threads') await spendTheInlineBudget();
  });

  it.each([1, MIB - 1, MIB, MIB + 1, 5 * MIB, 7 * MIB + 17])('hands on all of %i bytes, in order', async (size) => {
    const bytes = randomBytes(size);
    const parts: Uint8Array[] = [];
    const indexes: number[] = [];
    const digests = await engine.digestAll(fileOf(bytes), {
      onChunk: async (chunk, index) => {
        parts.push(chunk.slice());
        indexes.push(index);
      },
    });
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
    expect(indexes).toEqual(parts.map((_, index) => index));
    expect(parts.every((part, index) => part.length === MIB || index === parts.length - 1)).toBe(true);
    expect(digests.whole).toBe(createHash('sha3-512').update(bytes).digest('hex'));
    expect(digests.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('keeps a chunk as it is while the consumer takes its time', async () => {
    const bytes = randomBytes(20 * MIB);
    const wrong: number[] = [];
    await engine.digestAll(fileOf(bytes), {
      onChunk: async (chunk, index) => {
        await new Promise((resolve) => setTimeout(resolve, index < 3 ? 20 : 0));
        if (!bytes.subarray(index * MIB, (index + 1) * MIB).equals(chunk)) wrong.push(index);
      },
    });
    expect(wrong).toEqual([]);
  });

  it('a consumer that fails ends the call with its reason', async () => {
    const reason = new Error('disk full');
    const call = engine.digestAll(fileOf(randomBytes(20 * MIB)), {
      onChunk: async (_, index) => {
        if (index === 2) throw reason;
      },
    });
    await expect(call).rejects.toBe(reason);
  });

  it('an abort ends it, and nothing is handed on afterwards', async () => {
    const controller = new AbortController();
    let after = 0;
    const call = engine.digestAll(fileOf(randomBytes(20 * MIB)), {
      signal: controller.signal,
      onChunk: async (_, index) => {
        if (controller.signal.aborted) after += 1;
        if (index === 1) controller.abort(new Error('enough'));
      },
    });
    await expect(call).rejects.toThrow('enough');
    expect(after).toBe(0);
  });

  it('a file that ends early is BUSY', async () => {
    const call = engine.digestAll(fileOf(randomBytes(3 * MIB), 20 * MIB), { onChunk: async () => {} });
    await expect(call).rejects.toMatchObject({ code: 'BUSY' });
  });
});

it('taps many files at once', async () => {
  await spendTheInlineBudget();
  const all = Array.from({ length: 9 }, (_, index) => randomBytes((index + 1) * MIB + index));
  const seen = all.map(() => createHash('sha256'));
  await Promise.all(
    all.map((bytes, at) => engine.digestAll(fileOf(bytes), { onChunk: async (chunk) => void seen[at]!.update(chunk) })),
  );
  expect(seen.map((hash) => hash.digest('hex'))).toEqual(
    all.map((bytes) => createHash('sha256').update(bytes).digest('hex')),
  );
});

describe('digestChunk', () => {
  it.each([0, 1, 131_072, 131_073, MIB])('%i bytes', async (size) => {
    const bytes = randomBytes(size);
    for (const algorithm of ['sha3-512', 'sha256'] as const) {
      const expected = createHash(algorithm).update(bytes).digest('hex');
      expect(toHex(await engine.digestChunk(algorithm, bytes))).toBe(expected);
    }
  });

  it('takes a view of a larger buffer', async () => {
    const bytes = randomBytes(2 * MIB);
    const view = bytes.subarray(77, 77 + 500_000);
    expect(toHex(await engine.digestChunk('sha256', view))).toBe(createHash('sha256').update(view).digest('hex'));
  });

  it('refuses more than a chunk', async () => {
    await expect(engine.digestChunk('sha256', new Uint8Array(MIB + 1))).rejects.toThrow(RangeError);
  });
});

describe('digestWhole', () => {
  it.each([0, 1, 131_073, MIB + 1, 20 * MIB + 3])('%i bytes', async (size) => {
    const bytes = randomBytes(size);
    for (const algorithm of ['sha3-512', 'sha256'] as const) {
      const seen: number[] = [];
      const digest = await engine.digestWhole(algorithm, fileOf(bytes), { onBytes: (count) => seen.push(count) });
      expect(toHex(digest)).toBe(createHash(algorithm).update(bytes).digest('hex'));
      expect(seen.reduce((sum, count) => sum + count, 0)).toBe(size);
    }
  });

  it('a file that ends early is BUSY', async () => {
    await expect(engine.digestWhole('sha256', fileOf(randomBytes(9 * MIB), 20 * MIB))).rejects.toMatchObject({
      code: 'BUSY',
    });
  });
});

describe('known leaves', () => {
  it.each([0, 1000, MIB, 9 * MIB + 1, 20 * MIB])('are not digested again, %i bytes', async (size) => {
    const bytes = randomBytes(size);
    const { leaves } = await engine.digestAll(fileOf(bytes));
    await spendTheInlineBudget();
    const full = await engine.digestAll(fileOf(bytes), { leaves });
    expect(full.whole).toBe(createHash('sha3-512').update(bytes).digest('hex'));
    expect(full.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(full).toEqual(await engine.digestAll(fileOf(bytes)));
    // what is given is believed: nobody but who checked them may give them
    if (size > 2 * MIB) {
      const other = await engine.digestAll(fileOf(bytes), { leaves: leaves.slice().fill(1) });
      expect(other.tree).not.toBe(full.tree);
      expect(other.whole).toBe(full.whole);
    }
  });
});
