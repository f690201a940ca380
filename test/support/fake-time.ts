/** Runs a command line with a host clock that starts at a time, Unix seconds, and goes on from there. */
export function fakeTime(seconds: number): string[] {
  const utc = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return ['env', 'TZ=UTC', 'faketime', '-f', `@${utc}`];
}
