import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { sha256 } from '@noble/hashes/sha2.js';
import { sha3_512 } from '@noble/hashes/sha3.js';
import type { DigestEngine, FullDigests, OpenedFile } from '@weighbridge/core/digest-engine';
import { toHex } from '@weighbridge/core/hex';
import { CHUNK_BYTES, treeRoot } from '@weighbridge/core/tree';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { goldenBytes, goldenFiles } from '../../../test/support/golden-stream.js';
import { createNodeEngine, type NodeEngineOptions } from './node-engine.js';

const MIB = CHUNK_BYTES;
const KIB = 1024;

let folder: string;
const descriptors: number[] = [];
const engines: DigestEngine[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-engine-'));
});

afterEach(async () => {
  for (const descriptor of descriptors.splice(0)) closeSync(descriptor);
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
});

afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

function fileOf(bytes: Uint8Array): OpenedFile & { path: string } {
  const path = join(folder, `${files++}`);
  writeFileSync(path, bytes);
  return open(path, bytes.length);
}

/** A file of zeros that takes no space. */
function sparseFile(sizeBytes: number): OpenedFile & { path: string } {
  const path = join(folder, `${files++}`);
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
  return open(path, sizeBytes);
}

function open(path: string, sizeBytes: number, flags = 'r'): OpenedFile & { path: string } {
  const fd = openSync(path, flags);
  descriptors.push(fd);
  return { fd, sizeBytes, path };
}

function newEngine(options: NodeEngineOptions = {}): DigestEngine {
  const engine = createNodeEngine(options);
  engines.push(engine);
  return engine;
}

/** An engine past the bytes that it digests on the main thread, so that larger files go to workers. */
async function warmEngine(options: NodeEngineOptions = {}): Promise<DigestEngine> {
  const engine = newEngine(options);
  await engine.digestTree(sparseFile(8 * MIB));
  return engine;
}

/** The same digests by a second implementation. */
function nobleDigests(bytes: Uint8Array): FullDigests {
  const chunks = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, i) =>
    bytes.subarray(i * MIB, (i + 1) * MIB),
  );
  const leaves = new Uint8Array(Buffer.concat(chunks.map((chunk) => sha3_512(chunk))));
  return {
    sizeBytes: bytes.length,
    tree: treeRoot(bytes.length, leaves),
    leaves,
    whole: toHex(sha3_512(bytes)) as FullDigests['whole'],
    sha256: toHex(sha256(bytes)) as FullDigests['sha256'],
    chunkSha256: new Uint8Array(Buffer.concat(chunks.map((chunk) => sha256(chunk)))),
  };
}

function treeOf({ sizeBytes, tree, leaves }: FullDigests) {
  return { sizeBytes, tree, leaves };
}

describe('golden values', () => {
  describe.each([1, 2, 3, 8])('%i threads', (threads) => {
    it.each(goldenFiles())('$size bytes', async (golden) => {
      const file = fileOf(goldenBytes(golden.size));
      for (const engine of [newEngine({ threads }), await warmEngine({ threads })]) {
        const tree = await engine.digestTree(file);
        const all = await engine.digestAll(file);
        expect(all).toMatchObject({ whole: golden['sha3-512'], sha256: golden.sha256, tree: golden.tree });
        expect(tree).toEqual(treeOf(all));
        if (golden.leaves !== undefined) expect(toHex(all.leaves)).toBe(golden.leaves.join(''));
      }
    });
  });
});

describe('a second implementation agrees', () => {
  const sizes = [
    0,
    1,
    71,
    72,
    73,
    128 * KIB,
    128 * KIB + 1,
    MIB - 1,
    MIB,
    MIB + 1,
    3 * MIB + 7,
    16 * MIB,
    16 * MIB + 5,
  ];
  it.each(sizes)('%i bytes', { timeout: 60_000 }, async (size) => {
    const bytes = goldenBytes(size);
    const file = fileOf(bytes);
    const expected = nobleDigests(bytes);
    for (const engine of [newEngine(), await warmEngine({ threads: 1 }), await warmEngine({ threads: 3 })]) {
      expect(await engine.digestAll(file)).toEqual(expected);
      expect(await engine.digestTree(file)).toEqual(treeOf(expected));
    }
  });

  it('openssl agrees on the whole file and on single chunks', async () => {
    const bytes = goldenBytes(17 * MIB + 3);
    const all = await (await warmEngine()).digestAll(fileOf(bytes));
    const openssl = (algorithm: string, input: Uint8Array) =>
      execFileSync('openssl', ['dgst', `-${algorithm}`, '-r'], { input })
        .toString()
        .split(' ')[0];
    expect(all.whole).toBe(openssl('sha3-512', bytes));
    expect(all.sha256).toBe(openssl('sha256', bytes));
    expect(toHex(all.leaves.subarray(16 * 64, 17 * 64))).toBe(openssl('sha3-512', bytes.subarray(16 * MIB, 17 * MIB)));
    expect(toHex(all.chunkSha256.subarray(17 * 32))).toBe(openssl('sha256', bytes.subarray(17 * MIB)));
  });
});

describe('many files at once', () => {
  it('gives each its own digests', async () => {
    const sizes = [0, 5, 64 * KIB, 200 * KIB, MIB, 2 * MIB + 1, 5 * MIB, 16 * MIB, 20 * MIB + 9, 17 * MIB];
    const stream = goldenBytes(21 * MIB);
    const inputs = sizes.map((size, index) => fileOf(stream.subarray(index, index + size)));
    const engine = await warmEngine({ threads: 2 });
    const work = inputs.flatMap((file) => [engine.digestAll(file).then(treeOf), engine.digestTree(file)]);
    const results = await Promise.all(work);
    for (const [index, { path }] of inputs.entries()) {
      const [all, tree] = results.slice(index * 2);
      expect(all).toEqual(tree);
      const leaf = createHash('sha3-512').update(stream.subarray(index, index + Math.min(sizes[index]!, MIB)));
      if (sizes[index]! > 0) expect(toHex(tree!.leaves.subarray(0, 64)), path).toBe(leaf.digest('hex'));
    }
  });

  it('takes a turn of the event loop for each small file', async () => {
    const small = sparseFile(64 * KIB);
    const engine = newEngine();
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 200 }, () => engine.digestTree(small)));
    isDone = true;
    expect(turns).toBeGreaterThanOrEqual(200);
  });
});

describe('threads', () => {
  async function startedBy(work: () => Promise<unknown>): Promise<number> {
    let started = 0;
    const count = () => {
      started += 1;
    };
    process.on('worker', count);
    await work();
    process.off('worker', count);
    return started;
  }

  it('none for a small release', async () => {
    const engine = newEngine({ threads: 8 });
    const started = await startedBy(async () => {
      await Promise.all(Array.from({ length: 100 }, () => engine.digestAll(sparseFile(64 * KIB))));
      await engine.digestAll(sparseFile(MIB));
    });
    expect(started).toBe(0);
  });

  it('none for any number of small files', async () => {
    const engine = await warmEngine({ threads: 8 });
    const small = sparseFile(128 * KIB);
    expect(await startedBy(() => Promise.all(Array.from({ length: 100 }, () => engine.digestTree(small))))).toBe(0);
  });

  it('one for little work, more for more, never above the limit', async () => {
    const engine = await warmEngine({ threads: 3 });
    expect(await startedBy(() => engine.digestTree(sparseFile(3 * MIB)))).toBe(1);
    expect(await startedBy(() => engine.digestTree(sparseFile(20 * MIB)))).toBe(1);
    expect(await startedBy(() => engine.digestTree(sparseFile(50 * MIB)))).toBe(1);
    expect(await startedBy(() => engine.digestTree(sparseFile(50 * MIB)))).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses %d threads', (threads) => {
    expect(() => createNodeEngine({ threads })).toThrow(RangeError);
  });
});

describe('progress', () => {
  it.each([0, 1, 64 * KIB, 3 * MIB + 7, 40 * MIB + 1])('adds up to %i bytes', async (size) => {
    const file = sparseFile(size);
    for (const engine of [newEngine(), await warmEngine({ threads: 1 }), await warmEngine({ threads: 3 })]) {
      for (const method of ['digestTree', 'digestAll'] as const) {
        const parts: number[] = [];
        await engine[method](file, { onBytes: (bytes) => parts.push(bytes) });
        expect(parts.reduce((sum, bytes) => sum + bytes, 0)).toBe(size);
        expect(parts.every((bytes) => bytes > 0)).toBe(true);
      }
    }
  });

  it('a listener that throws fails the work', async () => {
    const onBytes = () => {
      throw new Error('a fault of the listener');
    };
    for (const engine of [newEngine(), await warmEngine()]) {
      await expect(engine.digestAll(sparseFile(20 * MIB), { onBytes })).rejects.toThrow('a fault of the listener');
    }
  });

  it('comes while a large file is digested', async () => {
    const engine = await warmEngine();
    const parts: number[] = [];
    await engine.digestAll(sparseFile(128 * MIB), { onBytes: (bytes) => parts.push(bytes) });
    expect(parts.length).toBeGreaterThan(2);
  });
});

describe('abort', () => {
  const reason = new Error('the user pressed Ctrl-C');

  describe.each(['digestTree', 'digestAll'] as const)('%s', (method) => {
    it.each([0, 10, 3 * MIB, 100 * MIB])('before it begins, %i bytes', async (size) => {
      const signal = AbortSignal.abort(reason);
      for (const engine of [newEngine(), await warmEngine()]) {
        await expect(engine[method](sparseFile(size), { signal })).rejects.toBe(reason);
      }
    });

    it.each([1, 3])('stops work that runs, %i threads', async (threads) => {
      const engine = await warmEngine({ threads });
      const abort = new AbortController();
      let bytes = 0;
      const huge = sparseFile(1024 * 1024 * MIB);
      const work = engine[method](huge, {
        signal: abort.signal,
        onBytes: (more) => {
          bytes += more;
          abort.abort(reason);
        },
      });
      await expect(work).rejects.toBe(reason);
      expect(bytes).toBeLessThan(1024 * MIB);
      expect(await engine.digestTree(sparseFile(9 * MIB))).toMatchObject({ sizeBytes: 9 * MIB });
    });

    it('takes work back that waits for a thread', async () => {
      const engine = await warmEngine({ threads: 1 });
      const abort = new AbortController();
      const first = engine.digestTree(sparseFile(1024 * 1024 * MIB), { signal: abort.signal });
      const second = engine[method](sparseFile(20 * MIB), { signal: abort.signal });
      abort.abort(reason);
      const results = await Promise.allSettled([first, second]);
      expect(results.map((result) => result.status === 'rejected' && result.reason)).toEqual([reason, reason]);
    });
  });
});

describe('faults', () => {
  const sizes = [100, 3 * MIB, 20 * MIB];

  describe.each(['digestTree', 'digestAll'] as const)('%s', (method) => {
    it.each(sizes)('a file shorter than it was, %i bytes: BUSY', async (size) => {
      for (const engine of [newEngine(), await warmEngine({ threads: 1 }), await warmEngine({ threads: 3 })]) {
        const { fd } = sparseFile(size - 1);
        await expect(engine[method]({ fd, sizeBytes: size })).rejects.toMatchObject({
          code: 'BUSY',
          hint: expect.any(String),
        });
      }
    });

    it.each([1, 3])('a file cut while it is read, %i threads: BUSY', async (threads) => {
      const engine = await warmEngine({ threads });
      const file = sparseFile(1024 * 1024 * MIB);
      const writable = open(file.path, 0, 'r+');
      const work = engine[method](file, { onBytes: () => ftruncateSync(writable.fd, MIB) });
      await expect(work).rejects.toMatchObject({ code: 'BUSY' });
    });

    it.each(sizes)('a descriptor that cannot be read, %i bytes: IO', async (size) => {
      for (const engine of [newEngine(), await warmEngine({ threads: 1 }), await warmEngine({ threads: 3 })]) {
        const { fd } = open(join(folder, `${files++}`), 0, 'w');
        const work = engine[method]({ fd, sizeBytes: size });
        await expect(work).rejects.toMatchObject({ code: 'IO', hint: expect.any(String), cause: { code: 'EBADF' } });
      }
    });

    it('a folder: IO', async () => {
      const { fd } = open(folder, 0);
      await expect(newEngine()[method]({ fd, sizeBytes: 10 })).rejects.toMatchObject({
        code: 'IO',
        cause: { code: 'EISDIR' },
      });
    });

    it.each([1, 3])('an engine that is closed, %i threads', async (threads) => {
      const engine = await warmEngine({ threads });
      const running = engine[method](sparseFile(1024 * MIB));
      const refused = expect(running).rejects.toThrow();
      await engine.close();
      await refused;
      await expect(engine[method](sparseFile(20 * MIB))).rejects.toThrow('closed');
    });
  });

  it('a failure of one file leaves others alone', async () => {
    const engine = await warmEngine({ threads: 2 });
    const bad = { ...sparseFile(30 * MIB), sizeBytes: 31 * MIB };
    const good = sparseFile(30 * MIB);
    const results = await Promise.allSettled([bad, good, bad, good].map((file) => engine.digestAll(file)));
    expect(results.map((result) => result.status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  });
});

describe('event loop', () => {
  it.each(['digestTree', 'digestAll'] as const)('stays free during %s of a large file', async (method) => {
    const engine = await warmEngine();
    const file = sparseFile(192 * MIB);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    const from = performance.now();
    delay.enable();
    await engine[method](file);
    delay.disable();
    // Hashing on the main thread would be one delay as long as the whole.
    expect(delay.max / 1e6).toBeLessThan((performance.now() - from) / 3);
  });
});
