import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { Chain } from '@weighbridge/ports/chain';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedChain } from './embedded-chain.js';

/** Within the package, so that the program finds anvil. */
const cache = join(import.meta.dirname, '..', '.cache');
const program = join(cache, `writer-program-${process.pid}.mjs`);
const publisher = testSigner('publisher');
const approver = testSigner('approver');
const claim = { ref: parseReleaseRef('acme/model@1'), versionCode: 1, digest: 'ab'.repeat(64) as Digest };

let template: string;
let home: string;
beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  await build({
    entryPoints: [join(import.meta.dirname, 'testing', 'writer-program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@weighbridge/source'],
  });
  template = mkdtempSync(join(tmpdir(), 'weighbridge-template-'));
  await using(template, async (chain) => {
    const approvers = [{ key: approver.address, role: 'r' }];
    await chain.claim({ namespace: 'acme', guardian: publisher.address, approvers, threshold: 1 }, publisher);
  });
});
afterAll(() => {
  rmSync(template, { recursive: true });
  rmSync(program);
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weighbridge-kill-'));
  cpSync(template, home, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function using<T>(where: string, task: (chain: Chain) => Promise<T>): Promise<T> {
  const chain = await openEmbeddedChain({
    folder: join(where, 'chain'),
    journalFolder: join(where, 'journal'),
    writable: true,
    fund: [publisher.address],
  });
  try {
    return await task(chain);
  } finally {
    await chain.close();
  }
}

interface Run {
  readonly child: ChildProcess;
  readonly lines: () => string[];
  readonly ended: Promise<unknown>;
}

function start(what: string, step: number): Run {
  const child = spawn(process.execPath, [program, home, what, String(step)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout!.on('data', (part) => {
    text += part;
  });
  return { child, lines: () => text.split('\n').slice(0, -1), ended: once(child, 'close') };
}

/** Processes whose command line names this home: its anvil and the shell that watches it. */
function processesOf(path: string): string[] {
  return readdirSync('/proc').filter(
    (pid) => /^\d+$/.test(pid) && commandLine(pid).includes(path) && Number(pid) !== process.pid,
  );
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

async function registrationsOf(chain: Chain): Promise<number> {
  return (await chain.release(claim.ref)) === undefined ? 0 : 1;
}

describe('a writer that is killed', () => {
  test('at any step of a registration loses nothing that it acknowledged and registers once', {
    timeout: 240_000,
  }, async () => {
    const whole = start('1', 0);
    await whole.ended;
    const steps = whole.lines().filter((line) => /^\d/.test(line)).length;
    expect(whole.lines()).toContain('acknowledged');
    expect(steps).toBeGreaterThan(12);
    for (let step = 1; step <= steps; step += 1) {
      rmSync(home, { recursive: true });
      cpSync(template, home, { recursive: true });
      const { child, lines, ended } = start('1', step);
      await ended;
      expect(child.signalCode, `step ${step}`).toBe('SIGKILL');
      await using(home, async (chain) => {
        const before = await registrationsOf(chain);
        if (lines().includes('acknowledged')) expect(before).toBe(1);
        if (lines().some((line) => line.includes('eth_sendRawTransaction'))) expect(before, lines().join()).toBe(1);
        const receipt = await chain.register(claim, publisher);
        expect(receipt.transaction === undefined).toBe(before === 1);
        expect(await chain.model(claim.ref.model)).toMatchObject({ latest: 1 });
        expect(
          readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp')),
        ).toEqual([]);
      });
    }
  });
});

describe('the process of the chain', () => {
  test('is gone within 5 s of a SIGKILL of its writer', async () => {
    const { child, lines, ended } = start('wait', 0);
    await expect.poll(lines, { timeout: 10_000 }).toContain('ready');
    expect(processesOf(home).length).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => processesOf(home), { timeout: 5_000 }).toEqual([]);
  });

  test('is gone within 5 s when its writer and the shell between them are killed', async () => {
    const { child, lines, ended } = start('wait', 0);
    await expect.poll(lines, { timeout: 10_000 }).toContain('ready');
    const shells = processesOf(home).filter(
      (pid) => commandLine(pid).startsWith('/bin/sh') && Number(pid) !== child.pid,
    );
    for (const pid of shells.slice(0, 1)) process.kill(Number(pid), 'SIGKILL');
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => processesOf(home), { timeout: 5_000 }).toEqual([]);
  });

  test('does not see ctrl-C, which is ours to answer', async () => {
    const { child, lines, ended } = start('wait', 0);
    await expect.poll(lines, { timeout: 10_000 }).toContain('ready');
    const chains = processesOf(home).filter((pid) => Number(pid) !== child.pid);
    const groups = chains.map(
      (pid) =>
        readFileSync(`/proc/${pid}/stat`, 'latin1')
          .replace(/^.*\) /, '')
          .split(' ')[2],
    );
    const ours = readFileSync(`/proc/${child.pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')[2];
    expect(groups).not.toContain(ours);
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => processesOf(home), { timeout: 5_000 }).toEqual([]);
  });

  test('is gone when the chain is closed', async () => {
    await using(home, async () => {});
    expect(processesOf(home)).toEqual([]);
  });
});
