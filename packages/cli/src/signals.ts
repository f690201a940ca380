const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;
const CLEAN_UP_MS = 3_000;
/** How to stop listening, by the signal that a task was given. */
const listening = new WeakMap<AbortSignal, () => void>();

/** From now on signals are the caller's alone: he has started somebody to hand them to. */
export function takeOverSignals(signal: AbortSignal): void {
  listening.get(signal)?.();
}

/**
 * Runs a task until it ends or a signal comes. After a signal the task is aborted and gets a short time to remove
 * what it left half-written; the answer is then the exit code and nothing is printed.
 */
export async function untilSignal<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T | number> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  let deadline: NodeJS.Timeout | undefined;
  const listeners = (Object.keys(EXIT_BY_SIGNAL) as (keyof typeof EXIT_BY_SIGNAL)[]).map((name) => {
    const listener = (): void => {
      if (exitCode !== undefined) return;
      exitCode = EXIT_BY_SIGNAL[name];
      controller.abort(new Error(`ended by ${name}`));
      deadline = setTimeout(() => process.exit(EXIT_BY_SIGNAL[name]), CLEAN_UP_MS);
    };
    process.once(name, listener);
    return () => process.removeListener(name, listener);
  });
  const stopListening = (): void => {
    for (const remove of listeners) remove();
  };
  listening.set(controller.signal, stopListening);
  try {
    const result = await task(controller.signal);
    return exitCode ?? result;
  } catch (error) {
    if (exitCode !== undefined) return exitCode;
    throw error;
  } finally {
    clearTimeout(deadline);
    stopListening();
  }
}
