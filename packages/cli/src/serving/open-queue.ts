import { join } from 'node:path';
import type { Queue } from '@weighbridge/ports/queue';
import type { Context } from '../context.js';
import { usage } from '../usage.js';

/** The queue on the Redis that the settings name, else the one in the home folder. */
export async function openQueue(context: Context): Promise<Queue> {
  const queue = context.redisUrl === undefined ? await openOwnQueue(context) : await openSharedQueue(context.redisUrl);
  context.atEnd(() => queue.close());
  return queue;
}

/** @throws USAGE where no Redis is named: a service of its own shares its queue with others */
export function requireRedis(context: Context, command: string): void {
  if (context.redisUrl !== undefined) return;
  throw usage(
    `weighbridge ${command} shares its jobs with other processes and there is no Redis`,
    'set WEIGHBRIDGE_REDIS_URL, or run `weighbridge serve`, which does everything in one process',
  );
}

async function openOwnQueue({ home }: Context): Promise<Queue> {
  const { createLocalQueue } = await import('@weighbridge/queue-local/local-queue');
  return createLocalQueue({ folder: join(home.root, 'queue') });
}

async function openSharedQueue(url: string): Promise<Queue> {
  const { createBullQueue } = await import('@weighbridge/queue-bullmq/bull-queue');
  return createBullQueue({ url });
}
