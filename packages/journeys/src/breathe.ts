/** Lets whatever waits in this process run: a long computation calls it every few milliseconds. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
