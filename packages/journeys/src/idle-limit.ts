import { Stalled } from './channel-fault.js';

/**
 * Passes pieces on and ends with `Stalled` when the next one does not come in time; the clock runs only while somebody
 * waits for a piece. The source is told by the signal that it is handed, and is not waited for: it may hang.
 */
export async function* withIdleLimit<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  idleMs: number,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const iterator = open(both)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const result = await inTime(iterator.next(), idleMs, signal);
      if (result.done === true) return;
      yield result.value;
    }
  } finally {
    stop.abort(new Error('no more is wanted'));
    // What hangs in `next` would hang here too; a rejection after the end is nobody's concern.
    void iterator.return?.(undefined)?.catch(() => {});
  }
}

async function inTime<T>(next: Promise<T>, idleMs: number, signal: AbortSignal): Promise<T> {
  // Whatever ends the wait, what is not waited for any more may still fail, and nobody is to hear of it.
  next.catch(() => {});
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Stalled(Math.round(idleMs / 1000))), idleMs);
    onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([next, limit]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}
