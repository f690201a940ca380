import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { type ChannelPlace, channelSuite } from '@weighbridge/ports/testing/channel-suite';
import { createLfsEndpoint } from './lfs-endpoint.js';
import { createLfsRemoteChannel } from './lfs-remote-channel.js';
import { serve } from './testing/served-store.js';
import { storePlace } from './testing/store-place.js';

channelSuite('a remote by git and the batch API', () => remotePlace(), {
  // A symlink in the store of a remote is its own affair.
  faults: ['flipped', 'cut', 'longer', 'emptied', 'missing', 'FIFO'],
  waits: true,
  network: true,
});

async function remotePlace(): Promise<ChannelPlace> {
  const store = await storePlace();
  const served = await serve(createLfsEndpoint({ folder: store.folder }));
  const { path, dispose } = temporaryFolder();
  let channels = 0;
  const create = () =>
    createLfsRemoteChannel({ remote: served.url, cacheFolder: join(path, String(channels++)), idleMs: 1000 });
  const channel = create();
  return {
    ...store,
    channel,
    reopen: async () => create(),
    disconnect: () => served.close(),
    stall: async () => {
      served.listener = () => {};
    },
    dispose: async () => {
      await channel.close();
      await served.close().catch(() => {});
      dispose();
      await store.dispose();
    },
  };
}
