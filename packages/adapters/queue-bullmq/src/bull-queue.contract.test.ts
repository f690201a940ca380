import type { Queue } from '@weighbridge/ports/queue';
import { queueSuite } from '@weighbridge/ports/testing/queue-suite';
import { afterAll, beforeAll } from 'vitest';
import { createBullQueue } from './bull-queue.js';
import { RedisServer } from './testing/redis-server.js';

let server: RedisServer;
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.dispose());

let places = 0;
queueSuite(
  'BullMQ on Redis',
  async () => {
    places += 1;
    const prefix = `place${places}`;
    const opened: Queue[] = [];
    const open = async () => {
      const queue = await createBullQueue({ url: server.url, prefix, retry: { tries: 3, firstMs: 10, mostMs: 50 } });
      opened.push(queue);
      return queue;
    };
    return {
      queue: await open(),
      reopen: async () => {
        await opened[0]!.close();
        return open();
      },
      join: open,
      disconnect: () => server.kill(),
      reconnect: () => server.resume(),
      dispose: async () => {
        await Promise.all(opened.map((queue) => queue.close()));
      },
    };
  },
  { network: true },
);
