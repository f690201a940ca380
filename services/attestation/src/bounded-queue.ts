import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Queue } from '@weighbridge/ports/queue';

/** A queue whose calls end in time, whatever its server does; clients are told to come again. */
export function boundedQueue(queue: Queue, limitMs: number): Queue {
  const soon = <T>(call: Promise<T>): Promise<T> => inTime(call, limitMs, queue.location);
  return {
    location: queue.location,
    add: (order) => soon(queue.add(order)),
    get: (id) => soon(queue.get(id)),
    list: (state, limit) => soon(queue.list(state, limit)),
    cancel: (id) => soon(queue.cancel(id)),
    retry: (id) => soon(queue.retry(id)),
    watch: (id, signal) => queue.watch(id, signal),
    work: (kind, handler, options) => queue.work(kind, handler, options),
    probe: () => soon(queue.probe()),
    close: () => queue.close(),
  };
}

async function inTime<T>(call: Promise<T>, limitMs: number, location: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unreachable(location, limitMs)), limitMs);
  });
  try {
    return await Promise.race([call, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function unreachable(location: string, limitMs: number): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the queue ${location} did not answer within ${limitMs} ms`, {
    hint: 'try again in a moment; the operator sees at /readyz what is missing',
  });
}
