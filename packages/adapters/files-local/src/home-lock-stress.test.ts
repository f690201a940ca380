import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleScript } from '@weighbridge/durable-files/testing/script';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { acquireLock } from './home-lock.js';

const PROCESSES = 8;
const DEATHS = 24;
const SEED = 20_240_601;

/**
 * Before and after each change of the folder a visitor may be killed, and else is held up for some milliseconds, in
 * which the others overtake: the gaps between looking and acting are too short to be met by chance.
 */
const DEADLY_FS = `
  export * from 'node:fs';
  import fs from 'node:fs';
  let state = Number(process.argv[5]);
  /** mulberry32 */
  export const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  export const mayDie = (probability) => {
    if (random() < probability) process.kill(process.pid, 'SIGKILL');
  };
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const deadly = (call) => (...args) => {
    mayDie(0.02);
    Atomics.wait(cell, 0, 0, random() * 6);
    try {
      return call(...args);
    } finally {
      mayDie(0.02);
    }
  };
  export const linkSync = deadly(fs.linkSync);
  export const renameSync = deadly(fs.renameSync);
  export const unlinkSync = deadly(fs.unlinkSync);
`;

/**
 * Visits the locked section again and again until it is told to stop. A visitor appends `in PID` and `out PID` to a
 * log; who finds that the last one went in and never out, though its process still runs, has met it inside.
 */
const SCRIPT = `
  import { appendFileSync, existsSync, mayDie, random, readFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { acquireLock } from './home-lock.js';

  const [folder, log, stop] = process.argv.slice(2);
  const lastLine = () => readFileSync(log, 'utf8').trimEnd().split('\\n').at(-1);
  const runs = (pid) => {
    try {
      return !/\\) [ZX] /.test(readFileSync('/proc/' + pid + '/stat', 'utf8'));
    } catch {
      return false;
    }
  };
  while (!existsSync(stop)) {
    const lock = await acquireLock(folder + '/lock', { timeoutMs: 30_000 });
    const [what, pid] = lastLine().split(' ');
    if (what === 'in' && runs(pid)) appendFileSync(log, 'overlap ' + pid + ' ' + process.pid + '\\n');
    appendFileSync(log, 'in ' + process.pid + '\\n');
    await sleep(random() * 4);
    mayDie(0.3);
    if (lastLine() !== 'in ' + process.pid) appendFileSync(log, 'overlap at the end ' + process.pid + '\\n');
    appendFileSync(log, 'out ' + process.pid + '\\n');
    await lock.release();
  }
`;

const { path: tools, dispose: removeTools } = temporaryFolder();
const { path: folder, dispose } = temporaryFolder();
const script = join(tools, 'script.mjs');
const log = join(tools, 'log');
const stop = join(tools, 'stop');
beforeAll(() => bundleScript(import.meta.dirname, SCRIPT, script, DEADLY_FS));
afterAll(() => {
  dispose();
  removeTools();
});

test('real processes that die at random never meet under the lock, and leave nothing behind', {
  timeout: 120_000,
}, async () => {
  writeFileSync(log, 'begin\n');
  let started = 0;
  let deaths = 0;
  const visitAgainAndAgain = async (): Promise<void> => {
    while (deaths < DEATHS) {
      if (await diesVisiting(SEED + started++)) deaths += 1;
    }
    writeFileSync(stop, '');
  };
  await Promise.all(Array.from({ length: PROCESSES }, visitAgainAndAgain));

  const lines = readFileSync(log, 'utf8').split('\n');
  expect(lines.filter((line) => line.startsWith('overlap'))).toEqual([]);
  expect(diedInside(lines)).toBeGreaterThan(0);
  // The last one to die may have left its lock to nobody.
  await (await acquireLock(join(folder, 'lock'), { timeoutMs: 0 })).release();
  expect(readdirSync(folder)).toEqual([]);
});

/** Whether the visitor was killed; one that ends by itself must end well. */
function diesVisiting(seed: number): Promise<boolean> {
  const child = spawn(process.execPath, [script, folder, log, stop, String(seed)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') resolve(signal === 'SIGKILL');
      else reject(new Error(`a visitor ended with ${code}: ${complaint}`));
    });
  });
}

/** How many went in and were killed before they went out. */
function diedInside(lines: readonly string[]): number {
  return lines.filter((line, index) => line.startsWith('in ') && !lines[index + 1]?.startsWith('out ')).length;
}
