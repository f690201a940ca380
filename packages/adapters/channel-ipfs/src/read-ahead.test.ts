import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readAhead } from './read-ahead.js';

const ITEMS = [0, 1, 2, 3, 4, 5, 6, 7];

async function allOf<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe('readAhead', () => {
  test('keeps the order, with as many on their way as there are lanes', async () => {
    let running = 0;
    let most = 0;
    const load = async (item: number) => {
      running += 1;
      most = Math.max(most, running);
      await setTimeout(8 - item);
      running -= 1;
      return item;
    };
    expect(await allOf(readAhead(ITEMS, 3, load))).toEqual(ITEMS);
    expect(most).toBe(3);
  });

  test('a failure comes in its turn, and nothing runs on behind it', async () => {
    let running = 0;
    const load = async (item: number, signal: AbortSignal) => {
      running += 1;
      try {
        if (item === 2) throw new Error('two');
        await setTimeout(item > 2 ? 60_000 : 5, undefined, { signal });
        return item;
      } finally {
        running -= 1;
      }
    };
    const seen: number[] = [];
    const read = async () => {
      for await (const item of readAhead(ITEMS, 4, load)) seen.push(item);
    };
    await expect(read()).rejects.toThrow('two');
    expect([seen, running]).toEqual([[0, 1], 0]);
  });

  test('whoever leaves early stops what is on its way, and the items too', async () => {
    let isOver = false;
    async function* items() {
      try {
        yield* ITEMS;
      } finally {
        isOver = true;
      }
    }
    const load = async (item: number, signal: AbortSignal) => {
      if (item > 0) await setTimeout(60_000, undefined, { signal });
      return item;
    };
    for await (const _ of readAhead(items(), 3, load)) break;
    expect(isOver).toBe(true);
  });

  test('an aborted signal ends it with its reason', async () => {
    const reason = new Error('stopped');
    const controller = new AbortController();
    const load = async (item: number) => {
      if (item === 3) controller.abort(reason);
      return item;
    };
    await expect(allOf(readAhead(ITEMS, 2, load, controller.signal))).rejects.toBe(reason);
  });
});
