import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT_CODES, type Outcome } from '@weighbridge/core/outcome';
import { expect } from 'vitest';
import { recordOutcome } from './outcome-record.js';

const BIN = fileURLToPath(new URL('../../node_modules/.bin/weighbridge', import.meta.url));

export interface RunOptions {
  readonly home?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments to run the command line under: strace, setpriv, faketime … */
  readonly under?: readonly string[];
  readonly json?: boolean;
}

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--json`; an empty object otherwise. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Runs the built command line as users do, and holds what every run must hold. */
export async function weighbridge(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { home, cwd, env = {}, under = [], json = true } = options;
  const words = [...under, BIN, ...(home === undefined ? [] : ['--home', home]), ...(json ? ['--json'] : []), ...args];
  const ended = await run(words, cwd, env);
  const answer = json && ended.stdout !== '' ? (JSON.parse(ended.stdout) as Record<string, unknown>) : {};
  if (json && ended.stdout !== '') requireConsistent(answer, ended.exit);
  if (ended.exit !== 0) expect(ended.stdout.toLowerCase()).not.toMatch(/\bverified\b/);
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  if (json) recordOutcome(args, answer.outcome as Outcome);
  return { ...ended, answer };
}

/** Runs a command line and holds it to an outcome; its answer comes back. */
export async function expectOutcome(
  outcome: Outcome,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const ended = await weighbridge(args, options);
  expect(ended.answer, `weighbridge ${args.join(' ')}: ${ended.stderr}`).toMatchObject({ outcome });
  return ended;
}

function requireConsistent(answer: Record<string, unknown>, exit: number | null): void {
  expect(EXIT_CODES).toHaveProperty(answer.outcome as string, exit);
  expect(answer.message).toBeTypeOf('string');
  if (answer.outcome !== 'OK') expect(answer.hint, `a hint beside: ${answer.message}`).toMatch(/\S/);
}

/** `WEIGHBRIDGE_` settings of whoever runs the tests must not leak into them. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^weighbridge_/i.test(name) && !name.startsWith('VITEST'),
  );
  return { ...Object.fromEntries(own), NODE_OPTIONS: '', ...extra };
}

function run(
  words: readonly string[],
  cwd: string | undefined,
  env: Readonly<Record<string, string>>,
): Promise<Omit<Ended, 'answer'>> {
  return new Promise((resolve, reject) => {
    const child = spawn(words[0]!, words.slice(1), { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
    child.on('error', reject);
    child.on('close', (exit) =>
      resolve({ exit, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** A temporary folder of its own, removed when the task has ended. */
export async function temporaryFolder(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-test-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
