import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Served {
  readonly url: string;
  /** Answers the requests that come from now on. */
  listener: RequestListener;
  close(): Promise<void>;
}

/** Serves on a free port of loopback. */
export async function serve(listener: RequestListener): Promise<Served> {
  const served = { listener };
  const server: Server = createServer((request, response) => served.listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(served, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  });
}
