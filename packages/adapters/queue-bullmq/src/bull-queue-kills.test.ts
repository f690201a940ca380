import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { judgeHistory } from '@weighbridge/ports/testing/job-history';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { createBullQueue } from './bull-queue.js';
import { RedisServer } from './testing/redis-server.js';

/** More make the long form: `QUEUE_CHAOS_JOBS=20000 vitest run --project unit bull-queue-kills`. */
const JOBS = Number(process.env.QUEUE_CHAOS_JOBS ?? 400);
const LIMIT_MS = 40_000 + JOBS * 20;
const CHAOS_MS = 3000 + JOBS * 2;
const WORKERS = 2;
const RETRY = { tries: 1000, firstMs: 1, mostMs: 10 };
const SCRIPT = `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { WeighbridgeError } from '@weighbridge/core/errors';
  import { createBullQueue } from './bull-queue.js';

  const [url, notes] = process.argv.slice(2);
  const queue = await createBullQueue({ url, retry: ${JSON.stringify(RETRY)} });
  const handler = async ({ job }) => {
    appendFileSync(notes, 'started ' + job.id + '\\n');
    await sleep(Math.random() * 20);
    const luck = Math.random();
    if (luck < 0.05) throw new WeighbridgeError('IO', 'again');
    if (luck < 0.15) throw new WeighbridgeError('TAMPERED', 'dead');
    return {};
  };
  await queue.work('chaos', handler, { concurrency: 4 });
`;

test(
  `of ${JOBS} jobs whose workers and Redis are killed again and again none is lost and none ends twice`,
  async () => {
    const { path: folder, dispose } = temporaryFolder();
    const server = await RedisServer.start();
    const [script, notes] = [join(folder, 'script.mjs'), join(folder, 'notes')];
    writeFileSync(notes, '');
    await bundleWorker(script);
    const queue = await createBullQueue({ url: server.url, retry: RETRY });
    const start = () => spawn(process.execPath, [script, server.url, notes], { stdio: 'inherit' });
    const workers = Array.from({ length: WORKERS }, start);
    try {
      let kills = 0;
      const adding = addAll(queue, notes);
      for (const until = performance.now() + CHAOS_MS; performance.now() < until; kills += 1) {
        await sleep(300 + Math.random() * 500);
        const at = kills % WORKERS;
        workers[at]!.kill('SIGKILL');
        workers[at] = start();
        if (kills % 4 !== 3) continue;
        await server.kill();
        await server.resume();
      }
      await adding;
      const began = performance.now();
      await followAll(queue, notes);
      const lastMs = Math.round(performance.now() - began);
      const { acknowledged, starts, lost, double } = judgeHistory(readFileSync(notes, 'utf8'));
      const figures = `${acknowledged} jobs, ${starts} starts, ${kills} kills, the last end ${lastMs} ms after the last kill`;
      console.log(`${figures}: lost ${lost.length}, double ${double.length}`);
      expect({ acknowledged, lost, double }).toEqual({ acknowledged: JOBS, lost: [], double: [] });
      expect(await endsPerJob(server)).toEqual(new Set([1]));
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
      await queue.close();
      await server.dispose();
      dispose();
    }
  },
  LIMIT_MS,
);

test('a killed worker’s job is resumed within 10 s', { timeout: 30_000 }, async () => {
  const { path: folder, dispose } = temporaryFolder();
  const server = await RedisServer.start();
  const [script, notes] = [join(folder, 'script.mjs'), join(folder, 'notes')];
  writeFileSync(notes, '');
  await bundleWorker(script, SCRIPT.replace('Math.random() * 20', '600_000'));
  const queue = await createBullQueue({ url: server.url });
  const worker = spawn(process.execPath, [script, server.url, notes], { stdio: 'inherit' });
  try {
    const { id } = await queue.add({ kind: 'chaos', key: 'held', data: {} });
    for await (const job of queue.watch(id, AbortSignal.timeout(10_000))) if (job.state === 'running') break;
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    const began = performance.now();
    await queue.work('chaos', async () => ({}), { concurrency: 1 });
    for await (const job of queue.watch(id, AbortSignal.timeout(20_000))) if (job.state === 'done') break;
    const resumedMs = performance.now() - began;
    console.log(`resumed after ${Math.round(resumedMs)} ms`);
    expect(await queue.get(id)).toMatchObject({ state: 'done', attempts: 2 });
    expect(resumedMs).toBeLessThan(10_000);
  } finally {
    worker.kill('SIGKILL');
    await queue.close();
    await server.dispose();
    dispose();
  }
});

type BullQueue = Awaited<ReturnType<typeof createBullQueue>>;

/** Adds as a client does: what was refused is asked again. */
async function addAll(queue: BullQueue, notes: string): Promise<void> {
  for (let at = 0; at < JOBS; ) {
    try {
      const { id } = await queue.add({ kind: 'chaos', key: `j${at}`, data: {} });
      appendFileSync(notes, `added ${id}\n`);
      at += 1;
    } catch {
      await sleep(50);
    }
    await sleep(CHAOS_MS / JOBS / 2);
  }
}

async function followAll(queue: BullQueue, notes: string): Promise<void> {
  for (let at = 0; at < JOBS; at += 1) {
    for await (const job of queue.watch(`chaos-j${at}`, AbortSignal.timeout(25_000)))
      if (job.endedAt !== undefined) appendFileSync(notes, `ended ${job.id} ${job.state}\n`);
  }
}

/** How often BullMQ's own log says that a job ended. */
async function endsPerJob(server: RedisServer): Promise<Set<number>> {
  const entries = (await server.command('XRANGE', 'weighbridge:chaos:events', '-', '+')) as [string, string[]][];
  const ends = new Map<string, number>();
  for (const [, fields] of entries) {
    const value = (name: string) => fields[fields.indexOf(name) + 1];
    const isEnd = value('event') === 'completed' || value('event') === 'failed';
    if (isEnd) ends.set(value('jobId')!, (ends.get(value('jobId')!) ?? 0) + 1);
  }
  return new Set(ends.values());
}

async function bundleWorker(file: string, contents = SCRIPT): Promise<void> {
  await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@weighbridge/source'],
    // BullMQ's drivers ask for node: modules by require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
}
