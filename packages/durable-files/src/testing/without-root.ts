/** `nobody` on every Linux. */
const NOBODY = 65_534;

/**
 * Runs a task as a user whom permissions bind: root reads and writes whatever it likes, so that under root the
 * effective user of this process is another one meanwhile. Tests of one file run one after the other.
 */
export async function withoutRoot<T>(task: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return task();
  const groups = process.getgroups!();
  process.setgroups!([]);
  process.setegid!(NOBODY);
  process.seteuid!(NOBODY);
  try {
    return await task();
  } finally {
    process.seteuid!(0);
    process.setegid!(0);
    process.setgroups!(groups);
  }
}
