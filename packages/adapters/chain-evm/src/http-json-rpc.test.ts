import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpJsonRpc, type HttpJsonRpcOptions } from './http-json-rpc.js';
import type { JsonRpc } from './json-rpc.js';

let server: Server | undefined;
let rpc: JsonRpc | undefined;
afterEach(() => {
  rpc?.close();
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener, options?: HttpJsonRpcOptions): Promise<JsonRpc> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  rpc = createHttpJsonRpc(`http://127.0.0.1:${(server.address() as AddressInfo).port}/key?token=secret`, options);
  return rpc;
}

const answering =
  (body: string, status = 200): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(body);
const UNVERIFIABLE = { code: 'UNVERIFIABLE', hint: expect.stringMatching(/./) };

test('asks one call and takes its result', async () => {
  let asked = '';
  const node = await serve(async (request, response) => {
    for await (const part of request) asked += part;
    response.end('{"jsonrpc":"2.0","id":1,"result":"0x1"}');
  });
  expect(await node.ask('eth_chainId', ['0x2'])).toEqual({ result: '0x1' });
  expect(JSON.parse(asked)).toEqual({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: ['0x2'] });
});

test('tells the answers of calls at the same time apart, in whatever order they come', async () => {
  const node = await serve(async (request, response) => {
    let asked = '';
    for await (const part of request) asked += part;
    const { id } = JSON.parse(asked);
    setTimeout(() => response.end(JSON.stringify({ jsonrpc: '2.0', id, result: id })), 40 - 10 * id);
  });
  expect(await Promise.all([1, 2, 3].map(() => node.ask('m', [])))).toEqual([
    { result: 1 },
    { result: 2 },
    { result: 3 },
  ]);
});

test('takes null for a result', async () => {
  const node = await serve(answering('{"jsonrpc":"2.0","id":1,"result":null}'));
  expect(await node.ask('m', [])).toEqual({ result: null });
});

test.each([200, 400, 500])('takes a refusal, also with status %i', async (status) => {
  const node = await serve(
    answering('{"jsonrpc":"2.0","id":1,"error":{"code":3,"message":"no","data":"0x12"}}', status),
  );
  expect(await node.ask('m', [])).toEqual({ refusal: { code: 3, message: 'no', data: '0x12' } });
});

describe('is UNVERIFIABLE for', () => {
  test.each([
    ['no JSON', '<html>'],
    ['half an answer', '{"jsonrpc":"2.0","id":1,"resu'],
    ['nothing', ''],
    ['the answer to another question', '{"jsonrpc":"2.0","id":2,"result":"0x1"}'],
    ['a list', '[{"jsonrpc":"2.0","id":1,"result":"0x1"}]'],
    ['neither result nor error', '{"jsonrpc":"2.0","id":1}'],
  ])('%s', async (_, body) => {
    await expect((await serve(answering(body))).ask('m', [])).rejects.toMatchObject(UNVERIFIABLE);
  });

  test('an answer that is cut', async () => {
    const node = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{"jsonrpc":"2.0","id":1,"result":"0x1"}');
      setTimeout(() => response.destroy(), 50);
    });
    await expect(node.ask('m', [])).rejects.toMatchObject(UNVERIFIABLE);
  });

  test('an answer that is too large, long before its end', async () => {
    let sent = 0;
    const node = await serve(
      (_, response) => {
        const timer = setInterval(() => {
          sent += 65_536;
          response.write(Buffer.alloc(65_536, 0x20));
        }, 1);
        response.on('close', () => clearInterval(timer));
      },
      { maxBytes: 100_000 },
    );
    await expect(node.ask('m', [])).rejects.toMatchObject(UNVERIFIABLE);
    expect(sent).toBeLessThan(10_000_000);
  });

  test.each([
    ['one that never answers', () => {}],
    ['one that never ends', (_: unknown, response: { write(text: string): void }) => response.write('{')],
  ] as const)('%s, in time', async (_, listener) => {
    const start = performance.now();
    const node = await serve(listener as RequestListener, { timeoutMs: 200 });
    await expect(node.ask('m', [])).rejects.toMatchObject(UNVERIFIABLE);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  test('one that is not there', async () => {
    const node = await serve(answering(''));
    server!.close();
    await expect(node.ask('m', [])).rejects.toMatchObject(UNVERIFIABLE);
  });

  test('a redirect, which is not followed', async () => {
    let asked = 0;
    const node = await serve((_, response) => {
      asked += 1;
      response.writeHead(307, { location: '/other' }).end();
    });
    await expect(node.ask('m', [])).rejects.toMatchObject(UNVERIFIABLE);
    expect(asked).toBe(1);
  });
});

test('no message and no location shows what the URL keeps secret', async () => {
  const node = createHttpJsonRpc('http://user:hidden@127.0.0.1:1/v3/hidden?key=hidden');
  const error = (await node.ask('m', []).catch((thrown: unknown) => thrown)) as Error;
  expect(`${node.location} ${error.message} ${JSON.stringify(error)}`).not.toContain('hidden');
});

test('user and password of the URL are sent', async () => {
  let authorization: string | undefined;
  await serve((request, response) => {
    authorization = request.headers.authorization;
    response.end('{"jsonrpc":"2.0","id":1,"result":1}');
  });
  const { port } = server!.address() as AddressInfo;
  const node = createHttpJsonRpc(`http://me:pw@127.0.0.1:${port}`);
  await node.ask('m', []);
  node.close();
  expect(authorization).toBe(`Basic ${Buffer.from('me:pw').toString('base64')}`);
});

test.each(['', 'node', 'ftp://node', 'ws://node', '/etc/passwd'])('%j is no URL of a node', (url) => {
  expect(() => createHttpJsonRpc(url)).toThrow(expect.objectContaining({ code: 'USAGE' }));
});
