import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { queueSuite } from '@weighbridge/ports/testing/queue-suite';
import { createLocalQueue } from './local-queue.js';

queueSuite(
  'in this process',
  async () => {
    const { path: folder, dispose } = temporaryFolder();
    const open = () => createLocalQueue({ folder, retry: { tries: 3, firstMs: 10, mostMs: 50 } });
    let queue = await open();
    return {
      queue,
      reopen: async () => {
        await queue.close();
        queue = await open();
        return queue;
      },
      dispose: async () => {
        await queue.close();
        dispose();
      },
    };
  },
  { network: false },
);
