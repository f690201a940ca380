import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildEnd } from './child.js';
import { startWeighbridge } from './command-line.js';

/** Every fsync takes longer than any test: what holds a lock meanwhile goes on holding it. */
const SLOW_DISK = [
  'strace',
  '-f',
  '-qq',
  '-o',
  '/dev/null',
  '-e',
  'trace=fsync',
  '-e',
  'inject=fsync:delay_enter=90000000',
];

export interface Holder {
  /** Ends the command as SIGKILL does. */
  kill(): void;
  readonly ended: Promise<ChildEnd>;
}

/** Starts a command on a slow disk and returns when it holds a lock. */
export async function holdLock(lock: string, args: readonly string[], home: string): Promise<Holder> {
  const { child, ended } = startWeighbridge(args, { home, under: SLOW_DISK });
  await until(() => existsSync(lock));
  const kill = () => {
    // first the command: what strace traces outlives it
    process.kill(childOf(child.pid!), 'SIGKILL');
    child.kill('SIGKILL');
  };
  return { kill, ended };
}

function childOf(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  // a signal to 0 would reach ourselves and everybody around
  if (child === undefined || child < 1) throw new Error(`process ${pid} has no child`);
  return child;
}

/** Looks again every few milliseconds. @throws after 30 s, or as long as is said */
export async function until(isSo: () => boolean, timeoutMs = 30_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`it never came true: ${isSo}`);
    await sleep(5);
  }
}
