import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { channelSuite } from '@weighbridge/ports/testing/channel-suite';
import { createBlockStore } from './block-store.js';
import { createGateway } from './gateway.js';
import { createGatewayChannel } from './gateway-channel.js';
import { storePlace, testEngine } from './testing/store-place.js';

channelSuite(
  'a gateway over blocks as files',
  async () => {
    const store = await storePlace();
    const blocks = createBlockStore(join(store.folder, 'blocks'), testEngine.digestChunk);
    const answer = createGateway({ blocks, digestChunk: testEngine.digestChunk });
    let isSilent = false;
    const server = createServer((request, response) => {
      if (!isSilent) answer(request, response);
    });
    const url = await listen(server);
    const open = () =>
      createGatewayChannel({
        url,
        engine: testEngine,
        findRoot: async (release) => (await store.channel.receipt(release))?.root,
      });
    const channel = open();
    const close = async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    };
    return {
      ...store,
      channel,
      reopen: async () => open(),
      disconnect: close,
      stall: async () => {
        isSilent = true;
      },
      dispose: async () => {
        await channel.close();
        await close();
        await store.dispose();
      },
    };
  },
  { faults: ['flipped', 'cut', 'longer', 'emptied', 'missing', 'symlink', 'FIFO'], waits: true, network: true },
);

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
