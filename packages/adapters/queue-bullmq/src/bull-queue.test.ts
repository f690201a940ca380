import type { Queue } from '@weighbridge/ports/queue';
import { reached } from '@weighbridge/ports/testing/queue-suite';
import { Queue as BullJobs } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBullQueue } from './bull-queue.js';
import { RedisServer } from './testing/redis-server.js';

const ORDER = { kind: 'hash', key: 'job-a', data: { size: 1 } };
const ID = 'hash-job-a';

describe('a Redis in trouble', () => {
  let server: RedisServer;
  let queue: Queue;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(async () => {
    await server.command('FLUSHALL');
    queue = await createBullQueue({ url: server.url });
  });
  afterEach(() => queue.close());
  afterAll(() => server.dispose());

  const refusedSoon = async (call: () => Promise<unknown>, code: string): Promise<void> => {
    const began = performance.now();
    await expect(call()).rejects.toMatchObject({ code });
    expect(performance.now() - began).toBeLessThan(3000);
  };

  test('away from the start, it is UNVERIFIABLE, and heals', async () => {
    await server.kill();
    const early = await createBullQueue({ url: server.url });
    let runs = 0;
    const worker = await early.work('hash', async () => ({ runs: ++runs }), { concurrency: 1 });
    try {
      await refusedSoon(() => early.add(ORDER), 'UNVERIFIABLE');
      await refusedSoon(() => early.probe(), 'UNVERIFIABLE');
    } finally {
      await server.resume();
    }
    await expect
      .poll(
        () =>
          early.add(ORDER).then(
            () => true,
            () => false,
          ),
        { timeout: 8000 },
      )
      .toBe(true);
    await reached(early, ID, 'done');
    expect(runs).toBe(1);
    await worker.close(100);
    await early.close();
  });

  test('one that takes connections and answers none is UNVERIFIABLE', async () => {
    await queue.add(ORDER);
    await server.freeze();
    try {
      await refusedSoon(() => queue.get(ID), 'UNVERIFIABLE');
      await refusedSoon(() => queue.add({ ...ORDER, key: 'job-b' }), 'UNVERIFIABLE');
    } finally {
      server.thaw();
    }
    await expect.poll(() => queue.get(ID).catch(() => undefined), { timeout: 8000 }).toMatchObject({ id: ID });
  });

  test('a read-only one is UNVERIFIABLE for what writes', async () => {
    await queue.add(ORDER);
    await server.command('REPLICAOF', '127.0.0.1', '1');
    try {
      await refusedSoon(() => queue.add({ ...ORDER, key: 'job-b' }), 'UNVERIFIABLE');
      expect(await queue.get(ID)).toMatchObject({ state: 'waiting' });
    } finally {
      await server.command('REPLICAOF', 'NO', 'ONE');
    }
    expect(await queue.add({ ...ORDER, key: 'job-b' })).toMatchObject({ state: 'waiting' });
  });

  test('one without memory is LIMIT for what writes', async () => {
    await queue.add(ORDER);
    await server.command('CONFIG', 'SET', 'maxmemory', '1');
    try {
      await refusedSoon(() => queue.add({ ...ORDER, key: 'job-b' }), 'LIMIT');
      expect(await queue.get(ID)).toMatchObject({ state: 'waiting' });
    } finally {
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
    }
    expect(await queue.add({ ...ORDER, key: 'job-b' })).toMatchObject({ state: 'waiting' });
  });

  test('one that was flushed has lost the job, and who watches hears of it', async () => {
    await queue.add(ORDER);
    const seen: string[] = [];
    setTimeout(() => void server.command('FLUSHALL'), 150);
    for await (const job of queue.watch(ID, AbortSignal.timeout(5000))) seen.push(job.state);
    expect(seen).toEqual(['waiting']);
    expect(await queue.get(ID)).toBeUndefined();
    expect(await queue.add(ORDER)).toMatchObject({ state: 'waiting' });
    await queue.work('hash', async () => ({}), { concurrency: 1 });
    await reached(queue, ID, 'done');
  });

  test('a job that somebody else put there wrongly is dead, and the next one is done', async () => {
    const { hostname, port } = new URL(server.url);
    const foreign = new BullJobs('hash', { connection: { host: hostname, port: Number(port) }, prefix: 'weighbridge' });
    await foreign.add('x', { deep: { a: [1] } }, { jobId: 'hash-deep' });
    await foreign.add('x', 'text', { jobId: 'hash-text' });
    await foreign.add('x', null, { jobId: 'odd' });
    await foreign.close();
    await queue.add(ORDER);
    await queue.work('hash', async () => ({}), { concurrency: 2 });
    await reached(queue, ID, 'done');
    for (const id of ['hash-deep', 'hash-text'])
      expect(await reached(queue, id, 'dead')).toMatchObject({ data: {}, failure: { outcome: 'USAGE' } });
  });

  test('a job that cannot even be read is dead, and its worker goes on', async () => {
    const { hostname, port } = new URL(server.url);
    const foreign = new BullJobs('hash', { connection: { host: hostname, port: Number(port) }, prefix: 'weighbridge' });
    await queue.add({ ...ORDER, key: 'first' });
    await foreign.add('x', {}, { jobId: 'hash-torn' });
    await server.command('HSET', 'weighbridge:hash:hash-torn', 'data', '{"a":');
    await foreign.close();
    await queue.add(ORDER);
    await queue.work('hash', async () => ({}), { concurrency: 1 });
    await reached(queue, 'hash-first', 'done');
    await reached(queue, ID, 'done');
    expect(await reached(queue, 'hash-torn', 'dead')).toMatchObject({ data: {}, failure: { outcome: 'USAGE' } });
  });

  test.each(['http://localhost', 'localhost:6379', '', 'redis'])('%s is no URL of it', async (url) => {
    await expect(createBullQueue({ url })).rejects.toMatchObject({ code: 'USAGE' });
  });

  test('credentials are shown nowhere', async () => {
    const url = server.url.replace('//', '//user:secret@');
    const other = await createBullQueue({ url });
    expect(other.location).toBe(server.url);
    const error = await other.add(ORDER).then(
      () => undefined,
      (reason: Error) => `${reason.message} ${JSON.stringify(reason)}`,
    );
    expect(error).toContain('credentials');
    expect(error).not.toContain('secret');
    await other.close();
  });
});
