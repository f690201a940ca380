import { setTimeout as sleep } from 'node:timers/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Refusal } from '@weighbridge/core/outcome';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Job, JobContext, JobData, JobOrder, JobState, Queue } from '../queue.js';

/** Where a queue keeps its jobs. Its retry policy is 3 tries and pauses of at most 50 ms. */
export interface QueuePlace {
  readonly queue: Queue;
  /** A queue that knows nothing but what the first one left; that is closed before. */
  reopen(): Promise<Queue>;
  /** A second view of the same jobs, where many can share a queue. */
  join?(): Promise<Queue>;
  /** The queue cannot be reached any more, and then it can. */
  disconnect?(): Promise<void>;
  reconnect?(): Promise<void>;
  dispose(): Promise<void>;
}

const ORDER: JobOrder = {
  kind: 'hash',
  key: 'sha3-512-aa',
  data: { size: 3, files: ['a', 'b'], full: true, none: null },
};
const ID = 'hash-sha3-512-aa';

const order = (number: number): JobOrder => ({ ...ORDER, key: `job-${number}`, data: { number } });
const idle = async (): Promise<JobData> => ({});

function refusing(code: Refusal) {
  return async (): Promise<JobData> => {
    throw new WeighbridgeError(code, 'no', { hint: 'later', details: { file: 'a', other: [1] } });
  };
}

/** Waits until it is told to stop. */
function untilStopped({ signal }: JobContext): Promise<JobData> {
  return new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** How a job is when it has come to a state; how it ended when it never does. */
export async function reached(queue: Queue, id: string, state: JobState): Promise<Job> {
  const leave = AbortSignal.timeout(15_000);
  let last: Job | undefined;
  for await (const job of queue.watch(id, leave)) {
    last = job;
    if (job.state === state) break;
  }
  expect(last?.state).toBe(state);
  return last!;
}

/** What every Queue must do. */
export function queueSuite(
  name: string,
  setup: () => Promise<QueuePlace>,
  traits: { readonly network: boolean },
): void {
  describe(`Queue: ${name}`, () => {
    let place: QueuePlace;
    let queue: Queue;
    beforeEach(async () => {
      place = await setup();
      queue = place.queue;
    });
    afterEach(() => place.dispose());

    test('an empty one has nothing', async () => {
      expect(await queue.get(ID)).toBeUndefined();
      expect(await queue.cancel(ID)).toBeUndefined();
      expect(await queue.retry(ID)).toBeUndefined();
      expect(await queue.list('waiting', 10)).toEqual([]);
      expect(await queue.probe()).toEqual({ location: queue.location, waiting: 0, running: 0, dead: 0 });
    });

    test('what was added waits, for those who come later too', async () => {
      const job = await queue.add(ORDER);
      expect(job).toMatchObject({ id: ID, kind: 'hash', data: ORDER.data, state: 'waiting', attempts: 0 });
      expect(Math.abs(job.addedAt - Date.now())).toBeLessThan(60_000);
      const later = await place.reopen();
      expect(await later.get(ID)).toEqual(job);
      expect(await later.list('waiting', 10)).toEqual([job]);
    });

    test('a job is done once and keeps its result', async () => {
      let runs = 0;
      await queue.add(ORDER);
      await queue.work('hash', async ({ job }) => ({ runs: ++runs, size: job.data.size as number }), {
        concurrency: 2,
      });
      const job = await reached(queue, ID, 'done');
      expect(job).toMatchObject({ result: { runs: 1, size: 3 }, attempts: 1, failure: undefined, progress: undefined });
      expect(job.endedAt).toBeGreaterThanOrEqual(job.addedAt);
      expect(await (await place.reopen()).get(ID)).toEqual(job);
    });

    test('the same key is the same job while it waits, runs and is done', async () => {
      const added = await Promise.all([queue.add(ORDER), queue.add(ORDER), queue.add({ ...ORDER, data: { size: 4 } })]);
      expect(new Set(added.map(({ id }) => id)).size).toBe(1);
      expect(await queue.list('waiting', 10)).toHaveLength(1);
      let runs = 0;
      let finish = () => {};
      const gate = new Promise<void>((resolve) => (finish = resolve));
      const handler = async (): Promise<JobData> => {
        runs += 1;
        await gate;
        return {};
      };
      await queue.work('hash', handler, { concurrency: 3 });
      await reached(queue, ID, 'running');
      expect(await queue.add(ORDER)).toMatchObject({ state: 'running' });
      finish();
      await reached(queue, ID, 'done');
      expect(await queue.add(ORDER)).toMatchObject({ state: 'done' });
      await sleep(50);
      expect(runs).toBe(1);
    });

    test('a worker does its own kind alone, and no more at a time than it was told', async () => {
      let [now, most] = [0, 0];
      const handler = async (): Promise<JobData> => {
        most = Math.max(most, ++now);
        await sleep(20);
        now -= 1;
        return {};
      };
      await queue.add({ ...ORDER, kind: 'other' });
      await Promise.all(Array.from({ length: 7 }, (_, number) => queue.add(order(number))));
      await queue.work('hash', handler, { concurrency: 3 });
      for (let number = 0; number < 7; number += 1) await reached(queue, `hash-job-${number}`, 'done');
      expect(most).toBe(3);
      expect(await queue.get(`other-${ORDER.key}`)).toMatchObject({ state: 'waiting' });
    });

    test.each(['IO', 'BUSY', 'UNVERIFIABLE', 'INTERNAL'] as const)(
      '%s is tried again until it is dead',
      async (code) => {
        let runs = 0;
        await queue.add(ORDER);
        const handler = async (): Promise<JobData> => {
          runs += 1;
          return refusing(code)();
        };
        await queue.work('hash', handler, { concurrency: 1 });
        const job = await reached(queue, ID, 'dead');
        expect(runs).toBe(3);
        const failure = { outcome: code, message: 'no', hint: 'later', details: { file: 'a' } };
        expect(job).toMatchObject({ attempts: 3, failure, result: undefined });
        expect(await queue.list('dead', 10)).toEqual([job]);
        expect(await queue.probe()).toMatchObject({ waiting: 0, running: 0, dead: 1 });
      },
    );

    test('what heals at the second try is done', async () => {
      await queue.add(ORDER);
      await queue.work('hash', ({ job }) => (job.attempts < 2 ? refusing('IO')() : idle()), { concurrency: 1 });
      expect(await reached(queue, ID, 'done')).toMatchObject({ attempts: 2, failure: undefined });
    });

    test.each(['TAMPERED', 'MALFORMED', 'USAGE', 'LIMIT'] as const)('%s is dead at once', async (code) => {
      await queue.add(ORDER);
      await queue.work('hash', refusing(code), { concurrency: 1 });
      expect(await reached(queue, ID, 'dead')).toMatchObject({ attempts: 1, failure: { outcome: code } });
    });

    test('a fault in a handler is INTERNAL and shows nothing', async () => {
      await queue.add(ORDER);
      const handler = async (): Promise<JobData> => {
        throw new TypeError('secret');
      };
      await queue.work('hash', handler, { concurrency: 1 });
      const job = await reached(queue, ID, 'dead');
      expect(job.failure).toMatchObject({ outcome: 'INTERNAL' });
      expect(JSON.stringify(job)).not.toContain('secret');
    });

    test('a result that is no job data is dead', async () => {
      await queue.add(ORDER);
      await queue.work('hash', async () => ({ deep: { a: 1 } }) as unknown as JobData, { concurrency: 1 });
      expect(await reached(queue, ID, 'dead')).toMatchObject({ failure: { outcome: 'USAGE' } });
    });

    test('a dead job can be retried and ordered again', async () => {
      await queue.add(ORDER);
      const worker = await queue.work('hash', refusing('TAMPERED'), { concurrency: 1 });
      await reached(queue, ID, 'dead');
      await worker.close(1000);
      expect(await queue.retry(ID)).toMatchObject({ state: 'waiting' });
      expect(await queue.retry(ID)).toBeUndefined();
      const again = await queue.work('hash', refusing('TAMPERED'), { concurrency: 1 });
      await reached(queue, ID, 'dead');
      await again.close(1000);
      expect(await queue.add({ ...ORDER, data: { anew: true } })).toMatchObject({
        state: 'waiting',
        attempts: 0,
        data: { anew: true },
        failure: undefined,
      });
      await queue.work('hash', idle, { concurrency: 1 });
      await reached(queue, ID, 'done');
      expect(await queue.retry(ID)).toBeUndefined();
    });

    test('a job that waits is cancelled at once and never run', async () => {
      await queue.add(ORDER);
      expect(await queue.cancel(ID)).toMatchObject({ state: 'cancelled' });
      let runs = 0;
      await queue.work('hash', async () => ({ runs: ++runs }), { concurrency: 1 });
      await sleep(50);
      expect(runs).toBe(0);
      const later = await place.reopen();
      expect(await later.list('cancelled', 10)).toMatchObject([{ id: ID, state: 'cancelled', result: undefined }]);
      expect(await later.retry(ID)).toMatchObject({ state: 'waiting' });
    });

    test('a job that runs is told to stop', async () => {
      await queue.add(ORDER);
      const worker = await queue.work('hash', untilStopped, { concurrency: 1 });
      await reached(queue, ID, 'running');
      expect(await queue.cancel(ID)).toMatchObject({ id: ID });
      const job = await reached(queue, ID, 'cancelled');
      expect(job).toMatchObject({ attempts: 1, failure: undefined });
      await worker.close(1000);
      expect(await queue.add(ORDER)).toMatchObject({ state: 'waiting' });
    });

    test('a job that was told to stop and is retried is not told again', async () => {
      await queue.add(ORDER);
      const worker = await queue.work('hash', untilStopped, { concurrency: 1 });
      await reached(queue, ID, 'running');
      await queue.cancel(ID);
      await reached(queue, ID, 'cancelled');
      await worker.close(1000);
      expect(await queue.retry(ID)).toMatchObject({ state: 'waiting' });
      await queue.work('hash', ({ signal }) => sleep(800, {}, { signal }), { concurrency: 1 });
      await reached(queue, ID, 'done');
    });

    test('a job that returns although it was told to stop is done', async () => {
      await queue.add(ORDER);
      await queue.work('hash', (context) => untilStopped(context).catch(idle), { concurrency: 1 });
      await reached(queue, ID, 'running');
      await queue.cancel(ID);
      await reached(queue, ID, 'done');
    });

    test('a job that waits to be tried again can be cancelled', async () => {
      await queue.add(ORDER);
      const worker = await queue.work('hash', refusing('IO'), { concurrency: 1 });
      while ((await queue.get(ID))?.failure === undefined) await sleep(1);
      await queue.cancel(ID);
      expect(['cancelled', 'dead']).toContain((await queue.get(ID))?.state);
      await worker.close(1000);
    });

    test('progress is seen while it runs', async () => {
      const step = { step: 'hash', doneBytes: 1, totalBytes: 3 };
      await queue.add(ORDER);
      const handler = async (context: JobContext): Promise<JobData> => {
        context.progress(step);
        return untilStopped(context);
      };
      await queue.work('hash', handler, { concurrency: 1 });
      for await (const job of queue.watch(ID, AbortSignal.timeout(5000))) if (job.progress !== undefined) break;
      expect(await queue.get(ID)).toMatchObject({ state: 'running', progress: step });
    });

    test('any number of progress steps cost a few changes', async () => {
      await queue.add(ORDER);
      const handler = async ({ progress }: JobContext): Promise<JobData> => {
        for (let doneBytes = 0; doneBytes < 1000; doneBytes += 1) {
          progress({ step: 'hash', doneBytes, totalBytes: 1000 });
          if (doneBytes % 10 === 0) await sleep(5);
        }
        return {};
      };
      await queue.work('hash', handler, { concurrency: 1 });
      let changes = 0;
      for await (const _ of queue.watch(ID, AbortSignal.timeout(15_000))) changes += 1;
      expect(changes).toBeGreaterThan(2);
      expect(changes).toBeLessThan(20);
    });

    test('who watches may leave', async () => {
      await queue.add(ORDER);
      const leave = AbortSignal.timeout(50);
      const seen: Job[] = [];
      for await (const job of queue.watch(ID, leave)) seen.push(job);
      expect(seen).toMatchObject([{ state: 'waiting' }]);
      for await (const job of queue.watch('hash-unknown', AbortSignal.timeout(5000))) seen.push(job);
      expect(seen).toHaveLength(1);
    });

    test('lists are bounded, the newest first', async () => {
      for (let number = 0; number < 5; number += 1) {
        await queue.add(order(number));
        await sleep(2);
      }
      expect((await queue.list('waiting', 2)).map(({ id }) => id)).toEqual(['hash-job-4', 'hash-job-3']);
    });

    test('a worker that closes ends what it runs', async () => {
      await queue.add(ORDER);
      await queue.add(order(1));
      const worker = await queue.work('hash', () => sleep(200, {}), { concurrency: 1 });
      await reached(queue, ID, 'running');
      await worker.close(10_000);
      expect(await queue.get(ID)).toMatchObject({ state: 'done' });
      expect(await queue.get('hash-job-1')).toMatchObject({ state: 'waiting' });
    });

    test('after the grace a job goes back and another worker does it', async () => {
      await queue.add(ORDER);
      let stopped = false;
      const handler = async (context: JobContext): Promise<JobData> =>
        untilStopped(context).finally(() => {
          stopped = true;
        });
      const worker = await queue.work('hash', handler, { concurrency: 1 });
      await reached(queue, ID, 'running');
      await worker.close(20);
      expect(stopped).toBe(true);
      await queue.work('hash', idle, { concurrency: 1 });
      expect(await reached(queue, ID, 'done')).toMatchObject({ failure: undefined });
    });

    test.each([
      ['a kind', { ...ORDER, kind: 'a-b' }],
      ['no kind', { ...ORDER, kind: '' }],
      ['a key of digits', { ...ORDER, key: '123' }],
      ['a key with a colon', { ...ORDER, key: 'a:b' }],
      ['a long key', { ...ORDER, key: 'a'.repeat(201) }],
      ['nested data', { ...ORDER, data: { a: { b: 1 } } }],
      ['large data', { ...ORDER, data: { a: 'b'.repeat(16 * 1024) } }],
      ['no number', { ...ORDER, data: { a: Number.NaN } }],
      ['no data', { ...ORDER, data: null }],
    ])('%s of the wrong form is USAGE', async (_, wrong) => {
      await expect(queue.add(wrong as unknown as JobOrder)).rejects.toMatchObject({ code: 'USAGE' });
      expect(await queue.list('waiting', 10)).toEqual([]);
    });

    test('data is kept as it was handed over', async () => {
      const data = JSON.parse('{"__proto__":"a","constructor":"b","text":"\\u0000 ü \\u2028"}') as JobData;
      await queue.add({ ...ORDER, data });
      expect(JSON.stringify((await (await place.reopen()).get(ID))?.data)).toBe(JSON.stringify(data));
    });

    if (traits.network) {
      test('many share it', async () => {
        const other = await place.join!();
        await queue.add(ORDER);
        expect(await other.get(ID)).toMatchObject({ state: 'waiting' });
        await other.work('hash', untilStopped, { concurrency: 1 });
        await reached(queue, ID, 'running');
        await queue.cancel(ID);
        await reached(queue, ID, 'cancelled');
      });

      test('what cannot be reached is UNVERIFIABLE, soon, and heals', async () => {
        await queue.add(ORDER);
        await place.disconnect!();
        const began = performance.now();
        const calls = [queue.add(order(1)), queue.get(ID), queue.list('waiting', 1), queue.cancel(ID), queue.probe()];
        for (const call of await Promise.allSettled(calls))
          expect(call).toMatchObject({ status: 'rejected', reason: { code: 'UNVERIFIABLE' } });
        expect(performance.now() - began).toBeLessThan(3500);
        await place.reconnect!();
        await expect.poll(() => queue.get(ID).catch(() => undefined), { timeout: 10_000 }).toMatchObject({ id: ID });
        await queue.work('hash', idle, { concurrency: 1 });
        await reached(queue, ID, 'done');
      });

      test('workers heal too', async () => {
        await queue.work('hash', idle, { concurrency: 1 });
        await place.disconnect!();
        await sleep(500);
        await place.reconnect!();
        await expect
          .poll(
            () =>
              queue.add(ORDER).then(
                () => true,
                () => false,
              ),
            { timeout: 10_000 },
          )
          .toBe(true);
        await reached(queue, ID, 'done');
      });
    }
  });
}
