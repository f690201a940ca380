import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';

/** A Redis URL as it may be shown: without user, password and query. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

/** @throws USAGE */
export function requireRedisUrl(url: string): void {
  if (URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol)) return;
  throw new WeighbridgeError('USAGE', 'the URL of the queue is no Redis URL', {
    hint: 'write redis://HOST:PORT or rediss://HOST:PORT, with USER:PASSWORD@ before the host where it is needed',
  });
}

/** What to throw when Redis did not do what it was asked. */
export function explainFailure(error: unknown, location: string): WeighbridgeError {
  if (isWeighbridgeError(error)) return error;
  const text = error instanceof Error ? error.message : '';
  const context = { details: { url: location }, cause: error };
  if (/\bOOM\b/.test(text)) {
    const hint = 'raise its maxmemory, with the policy noeviction, or let the workers catch up';
    return new WeighbridgeError('LIMIT', `the queue at ${location} has no memory left`, { ...context, hint });
  }
  const [problem, hint] = problemOf(text);
  return new WeighbridgeError('UNVERIFIABLE', `the queue at ${location} ${problem}`, { ...context, hint });
}

function problemOf(text: string): readonly [string, string] {
  if (/READONLY/.test(text)) return ['is read-only', 'name the primary in WEIGHBRIDGE_REDIS_URL, not a replica'];
  if (/NOAUTH|WRONGPASS|NOPERM/.test(text))
    return ['refuses these credentials', 'set user and password in WEIGHBRIDGE_REDIS_URL'];
  if (/MISCONF/.test(text)) return ['cannot save what it is told', 'look into the log of Redis and at its disk'];
  return ['cannot be reached', 'start Redis, or correct WEIGHBRIDGE_REDIS_URL; it is tried again by itself'];
}
