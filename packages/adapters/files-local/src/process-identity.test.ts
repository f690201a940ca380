import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { describe, expect, test } from 'vitest';
import { isRunning, ownProcess, type ProcessIdentity } from './process-identity.js';

describe('isRunning', () => {
  test('knows this process', () => {
    expect(ownProcess().pid).toBe(process.pid);
    expect(isRunning(ownProcess())).toBe(true);
  });

  test('is told by start time and boot too', () => {
    expect(isRunning({ ...ownProcess(), startTicks: '7' })).toBe(false);
    expect(isRunning({ ...ownProcess(), bootId: 'another' })).toBe(false);
  });

  test('reads the state of a process whose name looks like the fields behind it', async () => {
    const { path, dispose } = temporaryFolder();
    const child = spawn('sh', ['-c', 'cp "$(command -v sleep)" "$0" && exec "$0" 10', `${path}/a) Z ${process.pid}`]);
    try {
      await sleep(200);
      expect(isRunning(identityOf(child.pid!))).toBe(true);
    } finally {
      child.kill('SIGKILL');
      dispose();
    }
  });

  test('a killed process does not run, whether or not its parent has waited for it', async () => {
    // The shell execs a program that never waits for the child it was left with.
    const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30']);
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const identity = identityOf(Number(line.toString()));
      expect(isRunning(identity)).toBe(true);
      process.kill(identity.pid, 'SIGKILL');
      await sleep(100);
      expect(readFileSync(`/proc/${identity.pid}/stat`, 'utf8')).toContain(') Z ');
      expect(isRunning(identity)).toBe(false);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  test('a stopped process runs', async () => {
    const child = spawn('sleep', ['30']);
    try {
      await sleep(50);
      const identity = identityOf(child.pid!);
      child.kill('SIGSTOP');
      await sleep(50);
      expect(isRunning(identity)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

function identityOf(pid: number): ProcessIdentity {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return { ...ownProcess(), pid, startTicks: text.slice(text.lastIndexOf(')')).split(' ')[20]! };
}
