import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleScript } from '@weighbridge/durable-files/testing/script';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { judgeHistory } from '@weighbridge/ports/testing/job-history';
import { expect, test } from 'vitest';

/** More make the long form: `QUEUE_CHAOS_JOBS=20000 vitest run --project unit local-queue-kills`. */
const JOBS = Number(process.env.QUEUE_CHAOS_JOBS ?? 400);
const KILLS = Math.ceil(JOBS / 20);
const LIMIT_MS = 20_000 + JOBS * 30;
const SCRIPT = `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { WeighbridgeError } from '@weighbridge/core/errors';
  import { createLocalQueue } from './local-queue.js';

  const [folder, notes, jobs] = process.argv.slice(2);
  const note = (text) => appendFileSync(notes, text + '\\n');
  const queue = await createLocalQueue({ folder, keep: 1e6, retry: { tries: 1e6, firstMs: 1, mostMs: 10 } });
  const handler = async ({ job }) => {
    note('started ' + job.id);
    await sleep(Math.random() * 4);
    const luck = Math.random();
    if (luck < 0.2) throw new WeighbridgeError('IO', 'again');
    if (luck < 0.3) throw new WeighbridgeError('TAMPERED', 'dead');
    return {};
  };
  await queue.work('chaos', handler, { concurrency: 4 });
  const follow = async (key) => {
    const job = await queue.get('chaos-' + key) ?? await queue.add({ kind: 'chaos', key, data: {} });
    note('added ' + job.id);
    for await (const seen of queue.watch(job.id, new AbortController().signal))
      if (seen.endedAt !== undefined) note('ended ' + job.id + ' ' + seen.state);
  };
  await Promise.all(Array.from({ length: Number(jobs) }, (_, at) => sleep(at / 2).then(() => follow('j' + at))));
  await queue.close();
`;

test(
  `of ${JOBS} jobs in a process that is killed again and again none is lost and none ends twice`,
  async () => {
    const { path: folder, dispose } = temporaryFolder();
    try {
      const [script, notes] = [join(folder, 'script.mjs'), join(folder, 'notes')];
      await bundleScript(import.meta.dirname, SCRIPT, script);
      writeFileSync(notes, '');
      const start = () =>
        spawn(process.execPath, [script, join(folder, 'queue'), notes, `${JOBS}`], { stdio: 'inherit' });
      let kills = 0;
      while (kills < KILLS && !(await endOf(start(), 150 + Math.random() * 250))) kills += 1;
      expect(await endOf(start(), LIMIT_MS)).toBe(true);
      const { acknowledged, starts, lost, double } = judgeHistory(readFileSync(notes, 'utf8'));
      console.log(
        `${acknowledged} jobs, ${starts} starts, ${kills} kills: lost ${lost.length}, double ${double.length}`,
      );
      expect(kills).toBeGreaterThan(0);
      expect({ acknowledged, lost, double }).toEqual({ acknowledged: JOBS, lost: [], double: [] });
    } finally {
      dispose();
    }
  },
  LIMIT_MS,
);

/** Kills a process after a while. @returns whether it had ended by itself before, and well */
async function endOf(child: ChildProcess, afterMs: number): Promise<boolean> {
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code === 0;
}
