const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;
const CLEAN_UP_MS = 3_000;

/**
 * Runs a task until it ends or a signal comes. After a signal the task is aborted and gets a short time to remove
 * what it left half-written; the answer is then the exit code and nothing is printed.
 */
export async function untilSignal<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T | number> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const listeners = (Object.keys(EXIT_BY_SIGNAL) as (keyof typeof EXIT_BY_SIGNAL)[]).map((name) => {
    const listener = (): void => {
      exitCode = EXIT_BY_SIGNAL[name];
      controller.abort(new Error(`ended by ${name}`));
      setTimeout(() => process.exit(EXIT_BY_SIGNAL[name]), CLEAN_UP_MS).unref();
    };
    process.once(name, listener);
    return () => process.removeListener(name, listener);
  });
  try {
    const result = await task(controller.signal);
    return exitCode ?? result;
  } catch (error) {
    if (exitCode !== undefined) return exitCode;
    throw error;
  } finally {
    for (const remove of listeners) remove();
  }
}
