import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Stalled } from './channel-fault.js';
import { withIdleLimit } from './idle-limit.js';

const NEVER = new AbortController().signal;

async function* pieces(pausesMs: readonly number[]): AsyncGenerator<number> {
  for (const [index, pauseMs] of pausesMs.entries()) {
    await sleep(pauseMs);
    yield index;
  }
}

async function collect(source: AsyncIterable<number>, pauseMs = 0): Promise<number[]> {
  const found: number[] = [];
  for await (const piece of source) {
    found.push(piece);
    await sleep(pauseMs);
  }
  return found;
}

it('counts idle time, not the total', async () => {
  const source = withIdleLimit(() => pieces([40, 40, 40, 40, 40]), 120, NEVER);
  expect(await collect(source)).toEqual([0, 1, 2, 3, 4]);
});

it("a consumer's own time does not count", async () => {
  const source = withIdleLimit(() => pieces([0, 0, 0]), 60, NEVER);
  expect(await collect(source, 100)).toEqual([0, 1, 2]);
});

it('ends with Stalled when nothing comes, and tells the source', async () => {
  let told: AbortSignal | undefined;
  const source = withIdleLimit(
    (signal) => {
      told = signal;
      return pieces([0, 10_000]);
    },
    50,
    NEVER,
  );
  await expect(collect(source)).rejects.toBeInstanceOf(Stalled);
  expect(told?.aborted).toBe(true);
});

it('ends at once when it is aborted, though the source hangs', async () => {
  const controller = new AbortController();
  const source = withIdleLimit(() => pieces([10_000]), 60_000, controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 20);
  const started = performance.now();
  await expect(collect(source)).rejects.toThrow('enough');
  expect(performance.now() - started).toBeLessThan(2_000);
});

it('a consumer that leaves tells the source', async () => {
  let told: AbortSignal | undefined;
  const source = withIdleLimit(
    (signal) => {
      told = signal;
      return pieces([0, 0, 0]);
    },
    1000,
    NEVER,
  );
  for await (const _ of source) break;
  expect(told?.aborted).toBe(true);
});

it('a source that fails because of the same abort is heard once', async () => {
  const unheard: unknown[] = [];
  const listen = (reason: unknown): void => void unheard.push(reason);
  process.on('unhandledRejection', listen);
  const controller = new AbortController();
  async function* failing(signal: AbortSignal): AsyncGenerator<number> {
    for (;;) {
      signal.throwIfAborted();
      yield 1;
    }
  }
  const reading = async (): Promise<void> => {
    for await (const _ of withIdleLimit(failing, 1000, controller.signal)) controller.abort(new Error('enough'));
  };
  await expect(reading()).rejects.toThrow('enough');
  await sleep(20);
  process.off('unhandledRejection', listen);
  expect(unheard).toEqual([]);
});
