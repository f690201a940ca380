import type { Running } from '@weighbridge/service-kit/running';
import type { ServiceLog } from '@weighbridge/service-kit/service-log';
import type { Context } from '../context.js';
import { jsonLine } from '../show-line.js';

/** Below the time that a command has after a signal: jobs that are not done by then wait for the next start. */
const GRACE_MS = 2_000;

/** Says that a service is there, keeps it until a signal comes, and ends it. */
export async function runUntilEnded(
  context: Context,
  log: ServiceLog,
  running: Running,
  ready: Readonly<Record<string, unknown>>,
): Promise<never> {
  try {
    if (context.json) process.stdout.write(`${jsonLine({ outcome: 'OK', ...ready })}\n`);
    log.info(ready, 'ready');
    await ended(context.signal);
    log.info('ending');
  } finally {
    await running.close(GRACE_MS);
  }
  throw context.signal.reason;
}

async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
