// What a queue does a second: small jobs added, then run to their end, in this process and on a private Redis.
// Usage: node scripts/bench/queue.mjs [--jobs 10000] [--concurrency 100] [--runs 3]; build first. Exits 1 when a figure is under.
// CPU is of this process alone; redis-server has its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBullQueue } from '../../packages/adapters/queue-bullmq/dist/bull-queue.js';
import { createLocalQueue } from '../../packages/adapters/queue-local/dist/local-queue.js';
import { flag, median } from './process-cost.mjs';

const [jobs, concurrency, runs] = [flag('--jobs', 10_000), flag('--concurrency', 100), flag('--runs', 3)];
const work = mkdtempSync(join(tmpdir(), 'weighbridge-bench-'));

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function cost(task) {
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  await task();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
}

async function pass(queue, run) {
  const orders = Array.from({ length: jobs }, (_, at) => ({ kind: 'bench', key: `r${run}-${at}`, data: { at } }));
  const added = await cost(() => Promise.all(orders.map((order) => queue.add(order))));
  let done = 0;
  const ran = await cost(async () => {
    const worker = await new Promise((resolve, reject) => {
      const handler = async () => {
        done += 1;
        if (done === jobs) started.then(resolve);
        return {};
      };
      const started = queue.work('bench', handler, { concurrency });
      started.catch(reject);
    });
    // Waits until the ends of the last ones are durable.
    await worker.close(10_000);
  });
  const { waiting, running, dead } = await queue.probe();
  if (waiting + running + dead > 0) throw new Error(`left over: ${waiting} waiting, ${running} running, ${dead} dead`);
  return { added, ran };
}

async function measure(name, queue, least) {
  const passes = [];
  for (let run = 0; run < runs; run += 1) passes.push(await pass(queue, run));
  await queue.close();
  const rate = (part) => Math.round(jobs / median(passes.map((each) => each[part].seconds)));
  const total = median(passes.map(({ added, ran }) => added.seconds + ran.seconds));
  const cpu = median(passes.map(({ added, ran }) => added.cpu + ran.cpu));
  const all = Math.round(jobs / total);
  const figures = `${jobs} jobs, ${total.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${all} jobs/s`;
  console.log(`${name}: ${figures} (added ${rate('added')}/s, run ${rate('ran')}/s), at least ${least}`);
  if (all < least) process.exitCode = 1;
}

const port = await freePort();
const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', work, '--save', '', '--appendonly', 'yes'];
const redis = spawn('setpriv', ['--pdeathsig', 'KILL', 'redis-server', ...settings], { stdio: 'ignore' });
try {
  await measure('in this process', await createLocalQueue({ folder: join(work, 'queue') }), 20_000);
  await measure(
    'BullMQ on Redis',
    await createBullQueue({ url: `redis://127.0.0.1:${port}`, connectTimeoutMs: 30_000 }),
    5000,
  );
} finally {
  redis.kill('SIGKILL');
  rmSync(work, { recursive: true, force: true });
}
