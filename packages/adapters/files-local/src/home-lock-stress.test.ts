import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquireLock } from './home-lock.js';
import { bundleScript } from './testing/script.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const PROCESSES = 8;
const DURATION_MS = 6_000;
const SEED = 20_240_601;

/**
 * Visits the locked section again and again until it is told to stop. A visitor appends `in PID` and `out PID` to a
 * log; who finds that the last one went in and never out, though its process still runs, has met it inside.
 */
const SCRIPT = `
  import { appendFileSync, existsSync, readFileSync } from 'node:fs';
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
    const lock = await acquireLock(folder + '/lock', { timeoutMs: 20_000 });
    const [what, pid] = lastLine().split(' ');
    if (what === 'in' && runs(pid)) appendFileSync(log, 'overlap ' + pid + ' ' + process.pid + '\\n');
    appendFileSync(log, 'in ' + process.pid + '\\n');
    await sleep(Math.random() * 10);
    if (lastLine() !== 'in ' + process.pid) appendFileSync(log, 'overlap at the end ' + process.pid + '\\n');
    appendFileSync(log, 'out ' + process.pid + '\\n');
    await lock.release();
  }
`;

describe('the lock under real processes', () => {
  const { path: tools, dispose: removeTools } = temporaryFolder();
  const { path: folder, dispose } = temporaryFolder();
  const script = join(tools, 'script.mjs');
  const log = join(tools, 'log');
  const stop = join(tools, 'stop');
  beforeAll(() => bundleScript(SCRIPT, script, SLOW_FS));
  afterAll(() => {
    dispose();
    removeTools();
  });

  test('never lets two in, however many are killed, and leaves nothing behind', { timeout: 30_000 }, async () => {
    writeFileSync(log, 'begin\n');
    const random = randomFrom(SEED);
    const startOne = (): Visitor => start(script, [folder, log, stop]);
    const visitors = Array.from({ length: PROCESSES }, startOne);
    const ends: Promise<string>[] = [];
    let kills = 0;
    for (const until = performance.now() + DURATION_MS; performance.now() < until; kills++) {
      await sleep(5 + random() * 40);
      // Every other time whoever is inside: a dead holder is what the others must cope with.
      const holder = Number(/in (\d+)\n$/.exec(readFileSync(log, 'utf8'))?.[1]);
      const inside = visitors.findIndex(({ child }) => child.pid === holder);
      const victim = inside >= 0 && random() < 0.5 ? inside : Math.floor(random() * PROCESSES);
      visitors[victim]!.child.kill('SIGKILL');
      ends.push(visitors[victim]!.ended);
      visitors[victim] = startOne();
    }
    writeFileSync(stop, '');
    const complaints = await Promise.all([...ends, ...visitors.map(({ ended }) => ended)]);

    const lines = readFileSync(log, 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('overlap'))).toEqual([]);
    expect(complaints.filter((complaint) => complaint !== '')).toEqual([]);
    expect(kills).toBeGreaterThan(30);
    expect(diedInside(lines)).toBeGreaterThan(3);
    // The last one killed may have left its lock to nobody.
    await (await acquireLock(join(folder, 'lock'), { timeoutMs: 0 })).release();
    expect(readdirSync(folder)).toEqual([]);
  });
});

interface Visitor {
  readonly child: ChildProcess;
  /** What it complained of, empty when it ended well or was killed. */
  readonly ended: Promise<string>;
}

/**
 * Each change of the folder is held up for some milliseconds, in which the others overtake: the gaps between looking
 * and acting are too short to be met by chance.
 */
const SLOW_FS = `
  export * from 'node:fs';
  import fs from 'node:fs';
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const slow = (call) => (...args) => {
    Atomics.wait(cell, 0, 0, Math.random() * 6);
    return call(...args);
  };
  export const linkSync = slow(fs.linkSync);
  export const renameSync = slow(fs.renameSync);
  export const unlinkSync = slow(fs.unlinkSync);
`;

function start(script: string, args: readonly string[]): Visitor {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', (code, signal) =>
      resolve(code === 0 || signal === 'SIGKILL' ? '' : `exit ${code}: ${complaint}`),
    );
  });
  return { child, ended };
}

/** How many went in and were killed before they went out. */
function diedInside(lines: readonly string[]): number {
  return lines.filter((line, index) => line.startsWith('in ') && lines[index + 1]?.startsWith('in ')).length;
}

/** mulberry32 */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
