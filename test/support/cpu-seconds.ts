/** CPU seconds that work takes in this process: a bound on these holds on a busy machine, one on wall time does not. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
