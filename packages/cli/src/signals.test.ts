import { afterEach, describe, expect, it, vi } from 'vitest';
import { untilSignal } from './signals.js';

const listeners = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');

/** A task that a signal comes into, and that ends as it likes. */
function interrupted<T>(name: NodeJS.Signals, end: (signal: AbortSignal) => T) {
  return untilSignal(async (signal) => {
    process.emit(name, name);
    return end(signal);
  });
}

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('untilSignal', () => {
  it('gives the result, and listens no longer', async () => {
    const before = listeners();
    let during = 0;
    const result = await untilSignal(async () => {
      during = listeners();
      return 'done';
    });
    expect([result, during, listeners()]).toEqual(['done', before + 2, before]);
  });

  it('throws what the task throws', async () => {
    const before = listeners();
    await expect(untilSignal(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(listeners()).toBe(before);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s aborts the task and is %i, however the task ends', async (name, code) => {
    expect(await interrupted(name, (signal) => signal.throwIfAborted())).toBe(code);
    expect(await interrupted(name, () => 'done all the same')).toBe(code);
    expect(
      await interrupted(name, () => {
        throw new Error('something else');
      }),
    ).toBe(code);
  });

  it('ends a task that does not end after three seconds, by the first signal', async () => {
    vi.useFakeTimers();
    const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);
    await interrupted('SIGINT', () => 'done');
    void interrupted('SIGTERM', () => {
      process.emit('SIGINT', 'SIGINT');
      return new Promise(() => {});
    });
    vi.advanceTimersByTime(2_999);
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    expect(exit.mock.calls).toEqual([[143]]);
    process.removeAllListeners('SIGTERM').removeAllListeners('SIGINT');
  });
});
