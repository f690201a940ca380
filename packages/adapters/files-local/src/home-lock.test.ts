import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putOther } from '@weighbridge/durable-files/testing/put-other';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock, acquireLockIfWritable } from './home-lock.js';
import { ownProcess } from './process-identity.js';

const ONCE = { timeoutMs: 0 };
const TOKEN = '0123456789abcdef';

describe('acquireLock', () => {
  let folder: string;
  let lock: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    lock = join(folder, 'lock');
  });
  afterEach(() => {
    chmodSync(folder, 0o755);
    dispose();
  });

  const leaveLock = (holder: object, path = lock): void =>
    writeFileSync(path, JSON.stringify({ ...ownProcess(), token: TOKEN, ...holder }));

  test('holds one file while held and leaves nothing after release', async () => {
    const held = await acquireLock(lock, ONCE);
    expect(readdirSync(folder)).toEqual(['lock']);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    await held.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('excludes a second holder, which gets BUSY with the process named, and leaves no trace of it', async () => {
    const held = await acquireLock(lock, ONCE);
    await expect(acquireLock(lock, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'BUSY',
      details: { pid: process.pid },
      message: expect.stringContaining(String(process.pid)) as string,
    });
    expect(readdirSync(folder)).toEqual(['lock']);
    await held.release();
  });

  test('waits as long as it was told, and no longer', async () => {
    const held = await acquireLock(lock, ONCE);
    const begin = performance.now();
    await expect(acquireLock(lock, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'BUSY' });
    const waitedMs = performance.now() - begin;
    expect(waitedMs).toBeGreaterThanOrEqual(200);
    expect(waitedMs).toBeLessThan(2_000);
    await held.release();
  });

  test('a waiter gets it when it is released', async () => {
    const held = await acquireLock(lock, ONCE);
    const next = acquireLock(lock, { timeoutMs: 5_000 });
    await held.release();
    await (await next).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a second release removes nothing of the next holder', async () => {
    const first = await acquireLock(lock, ONCE);
    await first.release();
    const second = await acquireLock(lock, ONCE);
    await first.release();
    expect(readdirSync(folder)).toEqual(['lock']);
    await second.release();
  });

  test('an abort ends the wait and leaves the holder alone', async () => {
    const held = await acquireLock(lock, ONCE);
    const controller = new AbortController();
    const waiting = acquireLock(lock, { timeoutMs: 10_000, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('stop')), 20);
    await expect(waiting).rejects.toThrow('stop');
    await expect(acquireLock(lock, { timeoutMs: 0, signal: controller.signal })).rejects.toThrow('stop');
    expect(readdirSync(folder)).toEqual(['lock']);
    await held.release();
  });

  test.each<[string, object]>([
    ['died', { pid: deadPid() }],
    ['died and whose number is another process now', { startTicks: '1' }],
    ['ran before the machine was started anew', { bootId: '00000000-0000-0000-0000-000000000000' }],
  ])('takes over at once from a holder that %s', async (_, holder) => {
    leaveLock(holder);
    const held = await acquireLock(lock, ONCE);
    expect(JSON.parse(readFileSync(lock, 'utf8'))).not.toMatchObject({ token: TOKEN });
    await held.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.each(['', '{', '{}', 'x'.repeat(5_000), '{"pid":0}'])(
    'takes over at once what a power cut left of a lock: %j',
    async (text) => {
      writeFileSync(lock, text);
      await (await acquireLock(lock, ONCE)).release();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('of many that find a dead holder one at a time gets in', async () => {
    leaveLock({ pid: deadPid() });
    let inside = 0;
    const visit = async (): Promise<void> => {
      const held = await acquireLock(lock, { timeoutMs: 10_000 });
      inside += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
      expect(inside).toBe(1);
      inside -= 1;
      await held.release();
    };
    await Promise.all(Array.from({ length: 16 }, visit));
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a takeover that a living process is about waits for it', async () => {
    leaveLock({ pid: deadPid() });
    const guard = await acquireLock(`${lock}.${TOKEN}`, ONCE);
    await expect(acquireLock(lock, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'BUSY' });
    expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ token: TOKEN });
    await guard.release();
    await (await acquireLock(lock, ONCE)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('removes what the dead left beside it, and nothing else', async () => {
    const dead = deadPid();
    const { pid, startTicks } = ownProcess();
    const kept = [`lock.${pid}-${startTicks}-${TOKEN}.tmp`, 'lock.json', 'lock.d', 'lockable', 'trust.json'];
    leaveLock({}, join(folder, `lock.${TOKEN}.${TOKEN}`));
    kept.push(`lock.${TOKEN}.${TOKEN}`);
    for (const name of kept.slice(0, 5)) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, `lock.${dead}-1-${TOKEN}.tmp`), '');
    writeFileSync(join(folder, `lock.${TOKEN}.${dead}-1-${TOKEN}.tmp`), '');
    leaveLock({ pid: dead }, join(folder, `lock.${TOKEN}`));
    await (await acquireLock(lock, ONCE)).release();
    expect(readdirSync(folder).sort()).toEqual(kept.sort());
  });

  test('a missing folder is USAGE', async () => {
    await expect(acquireLock(join(folder, 'absent/lock'), ONCE)).rejects.toMatchObject({ code: 'USAGE' });
  });

  test.each(['folder', 'FIFO', 'symlink'] as const)(
    'a %s where the lock belongs is refused at once',
    { timeout: 2_000 },
    async (kind) => {
      if (kind === 'folder') mkdirSync(lock);
      else await putOther(lock, kind, 'elsewhere');
      await expect(acquireLock(lock, ONCE)).rejects.toMatchObject({ code: 'USAGE' });
      expect(readdirSync(folder)).toEqual(['lock']);
    },
  );

  test('a read-only folder is IO, and for who asks so no lock at all', async () => {
    chmodSync(folder, 0o555);
    await expect(withoutRoot(() => acquireLock(lock, ONCE))).rejects.toMatchObject({ code: 'IO' });
    expect(await withoutRoot(() => acquireLockIfWritable(lock, ONCE))).toBeUndefined();
  });

  test('in a writable folder acquireLockIfWritable excludes like any other', async () => {
    const held = await acquireLockIfWritable(lock, ONCE);
    await expect(acquireLockIfWritable(lock, ONCE)).rejects.toMatchObject({ code: 'BUSY' });
    await held!.release();
  });

  test('another user who may write the folder sees the holder', async () => {
    chmodSync(folder, 0o777);
    const held = await acquireLock(lock, ONCE);
    await expect(withoutRoot(() => acquireLockIfWritable(lock, ONCE))).rejects.toMatchObject({ code: 'BUSY' });
    await held.release();
  });
});

/** The number of a process that has ended and was waited for. */
function deadPid(): number {
  return Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
}
