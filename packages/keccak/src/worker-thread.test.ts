import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '@weighbridge/core/hex';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Report, TreeJob } from './digest-worker.js';
import { WorkerThread } from './worker-thread.js';

const MIB = 1_048_576;
const CHUNKS = 4097;
const SIZE_BYTES = (CHUNKS - 1) * MIB + 3;

let folder: string;
let fd: number;
let thread: WorkerThread;
let deaths: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-thread-'));
  fd = openSync(join(folder, 'sparse'), 'w+');
  writeSync(fd, Buffer.from('abc'), 0, 3, SIZE_BYTES - 3);
  deaths = 0;
  thread = new WorkerThread(() => {
    deaths += 1;
  });
});

afterEach(async () => {
  await thread.close();
  closeSync(fd);
  rmSync(folder, { recursive: true });
});

function treeJob(fromChunk: number): TreeJob {
  return {
    kind: 'tree',
    fd,
    sizeBytes: SIZE_BYTES,
    stopped: new Int32Array(new SharedArrayBuffer(4)),
    nextChunk: new Int32Array(new SharedArrayBuffer(4)).fill(fromChunk),
    leaves: new Uint8Array(new SharedArrayBuffer(CHUNKS * 64)),
    reportsProgress: false,
  };
}

const run = (job: TreeJob): Promise<Report> => thread.run(job, () => undefined);

it('reads beyond 4 GiB by position', async () => {
  const job = treeJob(CHUNKS - 2);
  expect(await run(job)).toMatchObject({ bytes: MIB + 3, done: true });
  const leaf = (bytes: Uint8Array) => createHash('sha3-512').update(bytes).digest('hex');
  expect(toHex(job.leaves.subarray(-64))).toBe(leaf(Buffer.from('abc')));
  expect(toHex(job.leaves.subarray(-128, -64))).toBe(leaf(Buffer.alloc(MIB)));
  expect(job.leaves.subarray(0, -128).every((byte) => byte === 0)).toBe(true);
});

it('does one job after another', async () => {
  for (const fromChunk of [CHUNKS - 1, CHUNKS, CHUNKS - 2])
    expect((await run(treeJob(fromChunk))).fault).toBeUndefined();
});

it('reports a fault of its own code and lives on', async () => {
  const tooShort = { ...treeJob(CHUNKS - 1), leaves: new Uint8Array(new SharedArrayBuffer(64)) };
  expect(await run(tooShort)).toMatchObject({ fault: { kind: 'failed' } });
  expect((await run(treeJob(CHUNKS - 1))).fault).toBeUndefined();
});

it('reports a fault when it dies at work, and when it is dead already', async () => {
  const running = run(treeJob(0));
  await thread.close();
  expect(await running).toMatchObject({ done: true, fault: { kind: 'failed' } });
  expect(await run(treeJob(0))).toMatchObject({ done: true, fault: { kind: 'failed' } });
  expect(deaths).toBe(1);
});
