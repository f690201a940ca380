import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { channelRelease, listed, publishRelease, readFrom } from '@weighbridge/ports/testing/channel-release';
import { afterEach, describe, expect, test } from 'vitest';
import { createKuboChannel } from './kubo-channel.js';
import { testEngine } from './testing/store-place.js';

const RELEASE = channelRelease();
const CONFIG = listed(RELEASE, 'config.json');
const WRONG_CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A node that has the release under a name, and answers the calls that a test gives as it likes. */
function answers(handlers: Readonly<Record<string, Handler>>): RequestListener {
  return (request, response) => {
    const call = /^\/api\/v0\/([a-z/]+)/.exec(request.url ?? '')?.[1] ?? '';
    const handler = handlers[call];
    if (handler !== undefined) return handler(request, response);
    request.resume();
    if (call === 'files/stat')
      return json(response, { Hash: CONFIG.cid, Size: 1, CumulativeSize: 1, Blocks: 1, Type: 'file' });
    response.writeHead(404).end();
  };
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

describe('a Kubo node that lies', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function open(handlers: Readonly<Record<string, Handler>>, authorization?: string) {
    server = createServer(answers(handlers));
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return createKuboChannel({
      api,
      engine: testEngine,
      idleMs: 400,
      ...(authorization === undefined ? {} : { authorization }),
    });
  }

  /** Reads the whole upload, as a node does, then answers. */
  const afterUpload =
    (answer: (response: ServerResponse) => void): Handler =>
    (request, response) => {
      request.resume();
      request.on('end', () => answer(response));
    };

  test.each<[string, string, Handler]>([
    [
      'another CID',
      'TAMPERED',
      afterUpload((response) => json(response, { Name: 'file', Hash: WRONG_CID, Size: '1' })),
    ],
    ['no CID', 'UNVERIFIABLE', afterUpload((response) => json(response, { Name: 'file' }))],
    ['no JSON', 'UNVERIFIABLE', afterUpload((response) => response.end('done'))],
    ['an error', 'UNVERIFIABLE', afterUpload((response) => json(response, { Message: 'disk full', Code: 0 }, 500))],
    [
      'an error in a trailer',
      'UNVERIFIABLE',
      afterUpload((response) => {
        response.writeHead(200, { trailer: 'X-Stream-Error' });
        response.write(JSON.stringify({ Name: 'file', Hash: CONFIG.cid, Size: '1' }));
        response.addTrailers({ 'X-Stream-Error': 'disk full' });
        response.end();
      }),
    ],
    [
      'no token at all',
      'UNVERIFIABLE',
      (request, response) => {
        response.writeHead(403).end('403 - Forbidden');
        request.destroy();
      },
    ],
    [
      'an answer before the end',
      'UNVERIFIABLE|TAMPERED',
      (_, response) => json(response, { Name: 'file', Hash: WRONG_CID }),
    ],
    ['silence', 'UNVERIFIABLE', (request) => void request.resume()],
    ['a closed ear', 'UNVERIFIABLE', (request) => void request.pause()],
    [
      'an endless answer',
      'LIMIT',
      afterUpload((response) => {
        setInterval(() => response.write(Buffer.alloc(65_536)), 1).unref();
      }),
    ],
    ['a torn connection', 'UNVERIFIABLE', (request) => void request.socket.destroy()],
  ])('an upload that is answered by %s is %s', async (_, code, add) => {
    const channel = await open({ add });
    await expect(publishRelease(channel, RELEASE)).rejects.toMatchObject({
      code: expect.stringMatching(`^(${code})$`),
    });
    await channel.close();
  });

  test('an upload that breaks off is torn, never ended in order', async () => {
    let ended = false;
    let torn = false;
    const channel = await open({
      add: (request) => {
        request.resume();
        request.on('end', () => {
          ended = true;
        });
        request.on('error', () => {
          torn = true;
        });
      },
    });
    const publication = await channel.publish(RELEASE.ref);
    const sink = await publication.add(listed(RELEASE, 'model.bin').path, 2 * CHUNK_BYTES);
    await sink.write(RELEASE.files.get('model.bin')!.slice(0, CHUNK_BYTES));
    await publication.abandon();
    await expect.poll(() => torn).toBe(true);
    expect(ended).toBe(false);
    await channel.close();
  });

  test.each<[string, Handler]>([
    ['another length', (_, response) => response.end('{"layers":22}')],
    [
      'nothing, and an error in a trailer',
      (_, response) => {
        response.writeHead(200, { trailer: 'X-Stream-Error' });
        response.write('{"layers":2}');
        response.addTrailers({ 'X-Stream-Error': 'block not found' });
        response.end();
      },
    ],
    ['a part', (_, response) => response.end('{"lay')],
    ['an error', (_, response) => json(response, { Message: 'ipld: could not find it', Code: 0 }, 500)],
    ['403', (_, response) => response.writeHead(403).end('403 - Forbidden')],
    ['silence', () => {}],
  ])('a block that is answered by %s is refused', async (_, handler) => {
    const channel = await open({ 'block/get': handler });
    await expect(readFrom(channel, RELEASE, 'config.json')).rejects.toMatchObject({
      code: expect.stringMatching(/^(TAMPERED|UNVERIFIABLE|LIMIT)$/),
    });
    await channel.close();
  });

  test('the token goes with every call, and is never shown', async () => {
    const seen = new Map<string, string | undefined>();
    const note: (handler: Handler) => Handler = (handler) => (request, response) => {
      seen.set(request.url!.split('?')[0]!, request.headers.authorization);
      handler(request, response);
    };
    const channel = await open(
      {
        'files/stat': note((_, response) =>
          json(response, { Hash: CONFIG.cid, Size: 1, CumulativeSize: 1, Type: 'file' }),
        ),
        'block/get': note((_, response) => response.end(RELEASE.files.get('config.json'))),
        version: note((_, response) => response.writeHead(403).end('403 - Forbidden')),
        add: note(afterUpload((response) => json(response, { Hash: WRONG_CID }))),
      },
      'Bearer secret',
    );
    await readFrom(channel, RELEASE, 'config.json');
    const refused = await channel.probe().catch((error: Error) => error);
    expect(refused).toMatchObject({ code: 'UNVERIFIABLE', message: expect.not.stringContaining('secret') });
    await expect(publishRelease(channel, RELEASE)).rejects.toMatchObject({ code: 'TAMPERED' });
    expect([...seen.keys()].sort()).toEqual(
      ['add', 'block/get', 'files/stat', 'version'].map((call) => `/api/v0/${call}`),
    );
    expect(new Set(seen.values())).toEqual(new Set(['Bearer secret']));
    await channel.close();
  });

  test.each(['http://user:secret@127.0.0.1:5001', 'ftp://127.0.0.1', '/ip4/127.0.0.1/tcp/5001', ''])(
    'the address "%s" is USAGE',
    (api) => {
      expect(() => createKuboChannel({ api, engine: testEngine })).toThrowError(
        expect.objectContaining({ code: 'USAGE', message: expect.not.stringContaining('secret') }),
      );
    },
  );
});
