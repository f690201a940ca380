import { FakeQueue } from './fake-queue.js';
import { queueSuite } from './queue-suite.js';

queueSuite(
  'in memory',
  async () => {
    const queue = new FakeQueue();
    return {
      queue,
      reopen: async () => queue,
      join: async () => queue,
      disconnect: async () => {
        queue.isAway = true;
      },
      reconnect: async () => {
        queue.isAway = false;
      },
      dispose: () => queue.close(),
    };
  },
  { network: true },
);
