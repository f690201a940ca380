import { expect, test } from 'vitest';
import { inParallel } from './in-parallel.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('gives the results in the order of the items, whichever ends first', async () => {
  const delays = [3, 1, 2];
  const results = await inParallel(delays, 3, async (turns) => {
    for (let left = turns; left > 0; left -= 1) await turn();
    return turns * 10;
  });
  expect(results).toEqual([30, 10, 20]);
});

test('runs at most so many at a time, and that many', async () => {
  let running = 0;
  let most = 0;
  await inParallel([...Array(9).keys()], 3, async () => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    running -= 1;
  });
  expect(most).toBe(3);
});

test('starts nothing after a failure, and throws it when what runs has ended', async () => {
  const started: number[] = [];
  let ended = 0;
  const failing = inParallel([0, 1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 0) throw new Error('no');
    await turn();
    ended += 1;
  });
  await expect(failing).rejects.toThrow('no');
  expect([started, ended]).toEqual([[0, 1], 1]);
});

test('nothing to do is nothing', async () => expect(await inParallel([], 4, async () => 1)).toEqual([]));
