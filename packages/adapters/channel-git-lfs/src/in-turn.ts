const last = new Map<string, Promise<unknown>>();

/** Runs tasks of one key one after another, in this process. */
export async function inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
  const before = last.get(key) ?? Promise.resolve();
  const own = before.then(task, task);
  const settled = own.catch(() => {});
  last.set(key, settled);
  try {
    return await own;
  } finally {
    if (last.get(key) === settled) last.delete(key);
  }
}
