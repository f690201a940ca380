import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseCid } from '@weighbridge/manifest/cid-bytes';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpBlocks } from './http-blocks.js';

const CID = parseCid('bafkreicygv6jcwoocqk3flbss3f6etjkqaxrclmwdbpdkh7cvnaikxc5sy')!;

describe('blocks of a hostile gateway', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function open(answer: RequestListener) {
    server = createServer(answer);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return createHttpBlocks({ url: new URL(`http://user:secret@127.0.0.1:${port}/`), idleMs: 300 });
  }

  test.each<[string, string, RequestListener]>([
    ['no end', 'LIMIT', (_, response) => void setInterval(() => response.write(Buffer.alloc(65_536)), 1).unref()],
    [
      'a length above the limit',
      'LIMIT',
      (_, response) => response.writeHead(200, { 'content-length': 1e12 }).flushHeaders(),
    ],
    [
      'fewer bytes than declared',
      'UNVERIFIABLE',
      (_, response) => {
        response.writeHead(200, { 'content-length': 500 }).write('x');
        setTimeout(() => response.destroy(), 20);
      },
    ],
    ['silence', 'UNVERIFIABLE', () => {}],
    ['silence in the middle', 'UNVERIFIABLE', (_, response) => void response.write('x')],
    ['a redirect', 'UNVERIFIABLE', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['500', 'UNVERIFIABLE', (_, response) => response.writeHead(500).end('x')],
    [
      '404 with an endless body',
      'UNVERIFIABLE',
      (_, response) => {
        response.writeHead(404);
        setInterval(() => response.write(Buffer.alloc(65_536)), 1).unref();
      },
    ],
    ['a torn connection', 'UNVERIFIABLE', (request) => void request.socket.destroy()],
    ['partial content', 'UNVERIFIABLE', (_, response) => response.writeHead(206).end('x')],
  ])('%s is %s', async (_, code, answer) => {
    const blocks = await open(answer);
    await expect(blocks.read(CID, 1000)).rejects.toMatchObject({ code });
    blocks.close();
  });

  test('bytes are handed on as they come, up to the limit', async () => {
    const blocks = await open((_, response) => response.end('abc'));
    expect(Buffer.from(await blocks.read(CID, 3)).toString()).toBe('abc');
    await expect(blocks.read(CID, 2)).rejects.toMatchObject({ code: 'LIMIT' });
    blocks.close();
  });

  test('it names the place without credentials', async () => {
    const blocks = await open((_, response) => response.writeHead(500).end());
    expect(blocks.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await expect(blocks.probe()).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    blocks.close();
  });
});
