/**
 * What `load` makes of each item, in order, with several loads on their way at a time. Whoever leaves early aborts them;
 * none runs on behind the end.
 * @param lanes loads at a time, hence results in memory
 */
export async function* readAhead<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  lanes: number,
  load: (item: Item, signal: AbortSignal) => Promise<Result>,
  signal?: AbortSignal,
): AsyncGenerator<Result, void, undefined> {
  const stop = new AbortController();
  const until = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const source = eachOf(items);
  const loads: Promise<Result>[] = [];
  let isDone = false;
  try {
    for (;;) {
      while (!isDone && loads.length < lanes) {
        signal?.throwIfAborted();
        const next = await source.next();
        if (next.done === true) isDone = true;
        else loads.push(quiet(load(next.value, until)));
      }
      const first = loads.shift();
      if (first === undefined) return;
      yield await first;
      signal?.throwIfAborted();
    }
  } finally {
    stop.abort();
    await source.return(undefined);
    await Promise.allSettled(loads);
  }
}

/** Its rejection is seen when its turn comes, if it comes. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

async function* eachOf<Item>(items: AsyncIterable<Item> | Iterable<Item>): AsyncGenerator<Item, void, undefined> {
  yield* items;
}
