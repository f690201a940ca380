import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Running } from '@weighbridge/service-kit/running';
import type { Context } from '../context.js';

export interface RunningGateway extends Running {
  readonly url: string;
}

/** The trustless IPFS gateway over the blocks of the home folder; it must have a port of its own. */
export async function startGateway(context: Context, host: string): Promise<RunningGateway> {
  const { createGateway } = await import('@weighbridge/channel-ipfs/gateway');
  const { createBlockStore } = await import('@weighbridge/channel-ipfs/block-store');
  const engine = await context.engine();
  const digestChunk = engine.digestChunk.bind(engine);
  const blocks = createBlockStore(join(context.home.ipfs, 'blocks'), digestChunk);
  const server = createServer(createGateway({ blocks, digestChunk }));
  server.headersTimeout = 10_000;
  server.setTimeout(120_000);
  server.maxConnections = 256;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    async close(graceMs) {
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(timer);
    },
  };
}
