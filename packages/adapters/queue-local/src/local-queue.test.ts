import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import type { Queue } from '@weighbridge/ports/queue';
import { reached } from '@weighbridge/ports/testing/queue-suite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLocalQueue, type LocalQueueOptions } from './local-queue.js';

const order = (at: number) => ({ kind: 'hash', key: `j${at}`, data: { at } });

describe('the journal of a local queue', () => {
  let folder: string;
  let log: string;
  let dispose: () => void;
  let queue: Queue | undefined;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    log = join(folder, 'queue', 'queue.log');
    queue = undefined;
  });
  afterEach(async () => {
    await queue?.close();
    dispose();
  });

  const open = async (options: Partial<LocalQueueOptions> = {}): Promise<Queue> => {
    queue = await createLocalQueue({ folder: join(folder, 'queue'), ...options });
    return queue;
  };
  const addClosed = async (count: number): Promise<void> => {
    const first = await open();
    for (let at = 0; at < count; at += 1) await first.add(order(at));
    await first.close();
  };
  const waiting = async (): Promise<string[]> => (await (await open()).list('waiting', 100)).map(({ id }) => id);

  test('is one file, for this user alone', async () => {
    await addClosed(1);
    expect(readdirSync(join(folder, 'queue'))).toEqual(['queue.log']);
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'queue')).mode & 0o777).toBe(0o700);
  });

  test('a last line torn at any byte is dropped, all before it stays', async () => {
    await addClosed(2);
    const whole = readFileSync(log);
    const lastLine = whole.lastIndexOf(0x0a, whole.length - 2) + 1;
    for (let size = lastLine; size < whole.length; size += 7) {
      writeFileSync(log, whole.subarray(0, size));
      expect(await waiting()).toEqual(['hash-j0']);
      await queue!.close();
      // What comes after it is not lost behind the torn rest.
      await (await open()).add(order(2));
      await queue!.close();
      expect(await waiting()).toEqual(['hash-j2', 'hash-j0']);
      await queue!.close();
    }
  });

  test('a last line of which a page never came is dropped', async () => {
    await addClosed(2);
    const whole = readFileSync(log);
    writeFileSync(log, whole.fill(0, whole.length - 20));
    expect(await waiting()).toEqual(['hash-j0']);
  });

  test.each([
    ['a flipped bit in the middle', (bytes: Buffer) => bytes.fill(bytes[100]! ^ 1, 100, 101)],
    ['a lost line in the middle', (bytes: Buffer) => Buffer.from(bytes.toString().replace(/\n.*\n/, '\n'))],
    ['a doubled line', (bytes: Buffer) => Buffer.from(bytes.toString().replace(/\n(.*)\n/, '\n$1\n$1\n'))],
    ['a lost beginning', (bytes: Buffer) => bytes.subarray(bytes.indexOf(0x0a) + 1)],
    ['nothing left', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('a text of somebody else\n')],
  ])('%s is MALFORMED, and left as it is', async (_, damage) => {
    await addClosed(3);
    const damaged = Buffer.from(damage(readFileSync(log)));
    writeFileSync(log, damaged);
    await expect(open()).rejects.toMatchObject({ code: 'MALFORMED' });
    expect(readFileSync(log)).toEqual(damaged);
  });

  test('a snapshot is never taken for torn', async () => {
    await addClosed(3);
    await (await open()).close();
    truncateSync(log, statSync(log).size - 1);
    await expect(open()).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  test('what is no file is USAGE', async () => {
    mkdirSync(log, { recursive: true });
    await expect(open()).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('one owner at a time, then the next', async () => {
    const first = await open();
    await expect(createLocalQueue({ folder: join(folder, 'queue') })).rejects.toMatchObject({ code: 'BUSY' });
    await first.close();
    await (await open()).add(order(0));
  });

  test('it is written anew when it has grown, and loses nothing', async () => {
    const first = await open({ keep: 50 });
    const data = { text: 'a'.repeat(16_000) };
    for (let at = 0; at < 1200; at += 100) {
      const some = Array.from({ length: 100 }, (_, more) => first.add({ ...order(at + more), data }));
      await Promise.all(some);
      if (at < 1000) await Promise.all((await Promise.all(some)).map(({ id }) => first.cancel(id)));
    }
    // 2,200 entries of 16 kB went in.
    expect(statSync(log).size).toBeLessThan(20e6);
    await first.close();
    const later = await open({ keep: 50 });
    expect(await later.list('waiting', 2000)).toHaveLength(200);
    expect(await later.list('cancelled', 2000)).toHaveLength(50);
  });

  test('of those that ended the last ones stay', async () => {
    const first = await open({ keep: 3 });
    await first.work('hash', async () => ({}), { concurrency: 1 });
    for (let at = 0; at < 5; at += 1) {
      await first.add(order(at));
      await reached(first, `hash-j${at}`, 'done');
    }
    const kept = ['hash-j4', 'hash-j3', 'hash-j2'];
    expect((await first.list('done', 10)).map(({ id }) => id)).toEqual(kept);
    await first.close();
    expect((await (await open({ keep: 3 })).list('done', 10)).map(({ id }) => id)).toEqual(kept);
    expect(await queue!.add(order(0))).toMatchObject({ state: 'waiting' });
  });

  test('a job whose process dies as often as it may be tried is dead', async () => {
    await addClosed(1);
    const job = { id: 'hash-j0', kind: 'hash', data: {}, state: 'running', attempts: 8, tries: 8, addedAt: 1 };
    const { lineOf } = await import('./journal-lines.js');
    appendFileSync(log, lineOf(2, [job]));
    expect(await (await open()).get('hash-j0')).toMatchObject({ state: 'dead', failure: { outcome: 'INTERNAL' } });
  });

  test('a job that was told to stop when its process died is cancelled', async () => {
    await addClosed(1);
    const job = { id: 'hash-j0', kind: 'hash', data: {}, state: 'running', attempts: 1, tries: 1, addedAt: 1 };
    const { lineOf } = await import('./journal-lines.js');
    appendFileSync(log, lineOf(2, [{ ...job, isCancelling: true }]));
    expect(await (await open()).get('hash-j0')).toMatchObject({ state: 'cancelled' });
  });

  test('closed, it is UNVERIFIABLE', async () => {
    await addClosed(1);
    await expect(queue!.add(order(1))).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    await expect(queue!.probe()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    await queue!.close();
  });
});
