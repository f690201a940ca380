import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The built command line, as a package manager links it. */
export const BIN = fileURLToPath(new URL('../../node_modules/.bin/weighbridge', import.meta.url));

export interface ChildEnd {
  /** Null when a signal ended it. */
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface StartedChild {
  readonly child: ChildProcess;
  /** Resolves when it has ended and its pipes are closed. */
  readonly ended: Promise<ChildEnd>;
}

/** Starts a program whose output is kept; its input is empty. */
export function startChild(words: readonly string[], { cwd, env }: ChildOptions = {}): StartedChild {
  const child = spawn(words[0]!, words.slice(1), { cwd, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => err.push(bytes));
  const ended = new Promise<ChildEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) =>
      resolve({ exit, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
  return { child, ended };
}

/** `WEIGHBRIDGE_` settings of whoever runs the tests must not leak into them. */
export function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^weighbridge_/i.test(name) && !/^vitest/i.test(name));
  return { ...Object.fromEntries(own), NODE_OPTIONS: '', ...extra };
}
