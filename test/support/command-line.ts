import { EXIT_CODES, type Outcome } from '@weighbridge/core/outcome';
import { expect } from 'vitest';
import { BIN, type ChildEnd, type StartedChild, startChild } from './child.js';
import { recordOutcome } from './outcome-record.js';
import { orphansOf } from './orphans.js';

export interface RunOptions {
  readonly home?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Program and arguments to run the command line under: strace, setpriv, faketime … */
  readonly under?: readonly string[];
  readonly json?: boolean;
}

export interface Ended extends ChildEnd {
  /** Of `--json`; an empty object otherwise. */
  readonly answer: Readonly<Record<string, unknown>>;
}

/** Runs the built command line as users do, and holds what every run must hold. */
export async function weighbridge(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const { json = true, home } = options;
  const ended = await startWeighbridge(args, options).ended;
  const answer = json && ended.stdout !== '' ? (JSON.parse(ended.stdout) as Record<string, unknown>) : {};
  if (json && ended.stdout !== '') requireConsistent(answer, ended.exit);
  if (!json && ended.exit !== 0) requireRefusalInText(ended);
  if (ended.exit !== 0) expect(ended.stdout.toLowerCase()).not.toMatch(/\bverified\b/);
  const text = args.includes('bar') ? ended.stdout : `${ended.stdout}${ended.stderr}`;
  expect(text, 'no stack trace').not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(text, 'no control characters').not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
  if (home !== undefined) expect(orphansOf(home), 'no process left').toEqual([]);
  if (json) recordOutcome(args, answer.outcome as Outcome);
  return { ...ended, answer };
}

/** Starts it without waiting for its end, for tests about what happens meanwhile. */
export function startWeighbridge(args: readonly string[], options: RunOptions = {}): StartedChild {
  const { home, cwd, env, under = [], json = true } = options;
  const words = [...under, BIN, ...(home === undefined ? [] : ['--home', home]), ...(json ? ['--json'] : []), ...args];
  return startChild(words, { cwd, env });
}

/** Runs a command line and holds it to an outcome; its answer comes back. */
export async function expectOutcome(
  outcome: Outcome,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ended> {
  const ended = await weighbridge(args, options);
  const told = `weighbridge ${args.join(' ')}: ${ended.answer.message ?? ended.stderr}`;
  expect(ended.answer, told).toMatchObject({ outcome });
  return ended;
}

function requireConsistent(answer: Record<string, unknown>, exit: number | null): void {
  expect(EXIT_CODES).toHaveProperty(answer.outcome as string, exit);
  expect(answer.message).toBeTypeOf('string');
  if (answer.outcome !== 'OK') expect(answer.hint, `a hint beside: ${answer.message}`).toMatch(/\S/);
  else expect(answer).not.toHaveProperty('hint');
  if ('release' in answer) expect(answer.release).toMatch(/^[^/@\s]+\/[^/@\s]+@[^/@\s]+$/);
  for (const name of ['releaseDigest', 'contentDigest'])
    if (typeof answer[name] === 'string') expect(answer[name]).toMatch(/^[0-9a-f]{128}$/);
}

function requireRefusalInText({ stdout, stderr, exit }: ChildEnd): void {
  const outcome = Object.entries(EXIT_CODES).find(([, code]) => code === exit)?.[0];
  expect(stdout).toBe('');
  expect(stderr.startsWith(`${outcome}: `), stderr).toBe(true);
  expect(stderr).toMatch(/^hint: \S/m);
}
