import type { IncomingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { bytesEqual } from '@weighbridge/core/hex';
import type { Channel } from '@weighbridge/ports/channel';
import {
  channelRelease,
  listed,
  publishRelease,
  readFrom,
  releaseOfFiles,
} from '@weighbridge/ports/testing/channel-release';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLfsEndpoint } from './lfs-endpoint.js';
import { createLfsRemoteChannel, type LfsRemoteOptions } from './lfs-remote-channel.js';
import { type Served, serve } from './testing/served-store.js';
import { filesBelow, storePlace } from './testing/store-place.js';

const RELEASE = channelRelease();
const MODEL = listed(RELEASE, 'model.bin');
const BYTES = RELEASE.files.get('model.bin')!;
const CHUNK = 1_048_576;

interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

describe('what a server of Git LFS may do', () => {
  let served: Served;
  let other: Served;
  let seen: Seen[];
  let cache: { readonly path: string; dispose(): void };
  const channels: Channel[] = [];
  beforeEach(async () => {
    seen = [];
    cache = temporaryFolder();
    served = await serve(() => {});
    other = await serve(() => {});
  });
  afterEach(async () => {
    for (const channel of channels.splice(0)) await channel.close();
    await served.close().catch(() => {});
    await other.close();
    cache.dispose();
  });

  function channel(options: Partial<LfsRemoteOptions> = {}): Channel {
    const made = createLfsRemoteChannel({ remote: served.url, cacheFolder: cache.path, idleMs: 500, ...options });
    channels.push(made);
    return made;
  }

  /** Answers batches with an action, and everything else by a listener; what is asked is remembered. */
  function behave(action: (href: string) => object | undefined, object: RequestListener = sendWhole): void {
    served.listener = (request, response) => {
      seen.push({ url: request.url!, headers: request.headers });
      request.resume();
      if (!request.url!.endsWith('/batch')) return object(request, response);
      const download = action(`${served.url}/objects/x`);
      const answer = { oid: MODEL.sha256, size: MODEL.size, ...(download && { actions: { download } }) };
      response.end(JSON.stringify({ objects: [answer] }));
    };
    other.listener = (request, response) => {
      seen.push({ url: `other${request.url}`, headers: request.headers });
      object(request, response);
    };
  }

  const sendWhole: RequestListener = (_, response) => response.end(BYTES);
  const read = (from = 0, options: Partial<LfsRemoteOptions> = {}) =>
    readFrom(channel(options), RELEASE, 'model.bin', from);
  const expectFrom = async (from: number, options: Partial<LfsRemoteOptions> = {}) =>
    expect(bytesEqual(await read(from, options), BYTES.subarray(from))).toBe(true);
  const objectRequests = () => seen.filter(({ url }) => !url.endsWith('/batch'));

  test('ignore ranges', async () => {
    behave((href) => ({ href }));
    await expectFrom(CHUNK);
    expect(objectRequests()[0]!.headers.range).toBe(`bytes=${CHUNK}-`);
  });

  test('break off: it is resumed where it was', async () => {
    let times = 0;
    behave(
      (href) => ({ href }),
      (request, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` });
        times += 1;
        if (times > 3) return response.end(BYTES.subarray(from));
        response.write(BYTES.subarray(from, from + 300_000), () => setTimeout(() => response.destroy(), 20));
      },
    );
    await expectFrom(0);
    expect(objectRequests().length).toBeGreaterThan(2);
  });

  test('break off again and again without a byte: UNVERIFIABLE', async () => {
    behave(
      (href) => ({ href }),
      (_, response) => response.destroy(),
    );
    await expect(read()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect(objectRequests().length).toBeLessThan(10);
  });

  test('end early, in order: UNVERIFIABLE, never short', async () => {
    behave(
      (href) => ({ href }),
      (request, response) => {
        const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
        if (from > 0) response.writeHead(206, { 'content-range': `bytes ${from}-${from}/*` });
        response.end(from === 0 ? BYTES.subarray(0, CHUNK) : '');
      },
    );
    await expect(read()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  test('give more than the object has: LIMIT', async () => {
    behave(
      (href) => ({ href }),
      (_, response) => response.end(Buffer.concat([BYTES, BYTES])),
    );
    await expect(read()).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test.each([
    ['a range that begins later', 206, { 'content-range': 'bytes 2000000-2097156/2097157' }],
    ['a 206 without a range', 206, {}],
    ['an encoding', 200, { 'content-encoding': 'gzip' }],
    ['an error', 500, {}],
  ])('send %s: UNVERIFIABLE', async (_, status, headers) => {
    behave(
      (href) => ({ href }),
      (_request, response) => response.writeHead(status, headers as Record<string, string>).end(BYTES),
    );
    await expect(read(CHUNK)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  test('give nothing: UNVERIFIABLE after the idle time', async () => {
    behave(
      (href) => ({ href }),
      (_, response) => response.write(BYTES.subarray(0, 10)),
    );
    await expect(read(0, { idleMs: 100 })).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  test('name headers, but none of those that are ours', async () => {
    behave((href) => ({
      href,
      header: { 'X-Key': 'abc', Host: 'evil', Range: 'bytes=7-', 'Accept-Encoding': 'gzip' },
    }));
    await expectFrom(0);
    const { headers } = objectRequests()[0]!;
    expect(headers).toMatchObject({ 'x-key': 'abc', 'accept-encoding': 'identity' });
    expect(headers.host).not.toBe('evil');
    expect(headers.range).toBeUndefined();
  });

  test.each([
    ['in the past', { expires_at: '2020-01-01T00:00:00Z' }, 2],
    ['never', { expires_at: '0001-01-01T00:00:00Z', expires_in: 0 }, 1],
    ['in an hour', { expires_in: 3600 }, 1],
  ])('name a time that ends %s', async (_, expiry, batches) => {
    let asked = 0;
    behave((href) => ({ href, ...(asked++ === 0 ? expiry : {}) }));
    await expectFrom(0);
    expect(asked).toBe(batches);
  });

  test('send us to another host, which never sees our token', async () => {
    behave(() => ({ href: `${other.url}/x` }));
    await expectFrom(0, { token: 'secret-token' });
    expect(seen[0]!.headers.authorization).toBe('Bearer secret-token');
    expect(seen[1]!.url).toBe('other/x');
    expect(seen[1]!.headers.authorization).toBeUndefined();
  });

  test('redirect us there: headers stay behind', async () => {
    behave(
      (href) => ({ href, header: { 'x-key': 'abc' } }),
      (request, response) => {
        if (request.headers.host === new URL(other.url).host) return response.end(BYTES);
        response.writeHead(302, { location: `${other.url}/x` }).end();
      },
    );
    await expectFrom(0, { token: 'secret-token' });
    expect(seen[1]!.headers['x-key']).toBe('abc');
    expect(seen[2]!.url).toBe('other/x');
    expect(seen[2]!.headers['x-key']).toBeUndefined();
    expect(seen[2]!.headers.authorization).toBeUndefined();
  });

  test('redirect in a circle: UNVERIFIABLE', async () => {
    behave(
      (href) => ({ href }),
      (request, response) => response.writeHead(302, { location: request.url! }).end(),
    );
    await expect(read()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect(objectRequests().length).toBeLessThan(20);
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['http://2852039166/decimal', '169.254.169.254'],
    ['http://[fe80::1]/x', '[fe80::1]'],
    ['http://[::ffff:169.254.169.254]/x', '[::ffff:a9fe:a9fe]'],
    ['http://0.0.0.0/x', '0.0.0.0'],
    ['file:///etc/passwd', undefined],
    ['ftp://example.com/x', undefined],
    ['javascript:0', undefined],
  ])('send us to %s: UNVERIFIABLE, and at once', async (href, refusedHost) => {
    const refusal = { code: 'UNVERIFIABLE', details: refusedHost === undefined ? {} : { refusedHost } };
    behave(() => ({ href }));
    const start = Date.now();
    await expect(read()).rejects.toMatchObject(refusal);
    behave(
      (own) => ({ href: own }),
      (_, response) => response.writeHead(307, { location: href }).end(),
    );
    await expect(read()).rejects.toMatchObject(refusal);
    expect(Date.now() - start).toBeLessThan(400);
  });

  test.each([
    ['no JSON', (response: ServerResponse) => response.end('<html>')],
    ['nothing', (response: ServerResponse) => response.end('{}')],
    ['null', (response: ServerResponse) => response.end('null')],
    ['another object', (response: ServerResponse) => response.end(`{"objects":[{"oid":"${'0'.repeat(64)}"}]}`)],
    ['a refusal', (response: ServerResponse) => response.writeHead(401).end('{}')],
    ['a redirect', (response: ServerResponse) => response.writeHead(307, { location: other.url }).end()],
    [
      'headers that split',
      (response: ServerResponse) =>
        response.end(
          JSON.stringify({
            objects: [
              {
                oid: MODEL.sha256,
                actions: { download: { href: `${served.url}/x`, header: { 'x-a': 'b\r\nevil: 1' } } },
              },
            ],
          }),
        ),
    ],
  ])('answer a batch with %s: UNVERIFIABLE', async (_, answer) => {
    served.listener = (request, response) => {
      request.resume();
      answer(response);
    };
    await expect(read()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  test('answer a batch without end: LIMIT', async () => {
    served.listener = (request, response) => {
      request.resume();
      const piece = ' '.repeat(65_536);
      const more = (): void => {
        while (response.write(piece));
        response.once('drain', more);
      };
      more();
    };
    await expect(read()).rejects.toMatchObject({ code: 'LIMIT' });
  });

  test('say that it has the object with another size: TAMPERED', async () => {
    served.listener = (request, response) => {
      request.resume();
      response.end(JSON.stringify({ objects: [{ oid: MODEL.sha256, error: { code: 422, message: 'x' } }] }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  test('want a token for its commits too; a wrong one is UNVERIFIABLE and shows nowhere', async () => {
    const store = await storePlace();
    try {
      const receipt = await publishRelease(store.publisher, RELEASE);
      const endpoint = createLfsEndpoint({ folder: store.folder });
      served.listener = (request, response) => {
        if (request.headers.authorization === 'Bearer good-token') return endpoint(request, response);
        response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
      };
      expect(await channel({ token: 'good-token' }).receipt(RELEASE)).toEqual(receipt);
      const url = served.url.replace('//', '//user:bad-secret@');
      const bad = channel({ remote: url, cacheFolder: join(cache.path, 'other') });
      const error = await bad.receipt(RELEASE).then(
        () => undefined,
        (cause: Error & { code: string; cause?: Error }) => cause,
      );
      expect(error?.code).toBe('UNVERIFIABLE');
      expect(`${bad.location} ${error?.message} ${error?.cause?.message} ${JSON.stringify(error)}`).not.toContain(
        'secret',
      );
    } finally {
      await store.dispose();
    }
  });

  test.each([
    ['gives more than is allowed', 1000],
    ['gives what is allowed', 10_000_000],
  ])('has a commit that %s', async (_, maxPackBytes) => {
    const store = await storePlace();
    try {
      const plain = releaseOfFiles('1.0.0', { '.gitattributes': '', 'model.bin': BYTES });
      await publishRelease(store.publisher, plain);
      served.listener = createLfsEndpoint({ folder: store.folder });
      const bytes = readFrom(channel({ maxPackBytes }), plain, 'model.bin');
      if (maxPackBytes < BYTES.length) await expect(bytes).rejects.toMatchObject({ code: 'LIMIT' });
      else expect(bytesEqual(await bytes, BYTES)).toBe(true);
    } finally {
      await store.dispose();
    }
  });

  test('is asked again when what was kept of it rotted; many may ask at once', async () => {
    const store = await storePlace();
    try {
      await publishRelease(store.publisher, RELEASE);
      served.listener = createLfsEndpoint({ folder: store.folder });
      const first = channel();
      const files = RELEASE.manifest.files.filter(({ size }) => size > 0);
      await Promise.all([first.manifest(RELEASE), ...files.map((file) => first.leaves(RELEASE, file))]);
      const packs = filesBelow(cache.path).filter((path) => path.endsWith('.pack'));
      for (const path of packs) {
        chmodSync(path, 0o600);
        const bytes = readFileSync(path);
        writeFileSync(path, bytes.fill(7, 40, bytes.length - 20));
      }
      expect(packs.length).toBeGreaterThan(0);
      const second = channel();
      const found = await Promise.all([second.manifest(RELEASE), ...files.map((file) => second.leaves(RELEASE, file))]);
      expect(found).toEqual([RELEASE.canonical, ...files.map(({ path }) => RELEASE.digests.get(path)!.leaves)]);
    } finally {
      await store.dispose();
    }
  });

  test('redirect git: it does not follow', async () => {
    served.listener = (request, response) => response.writeHead(302, { location: `${other.url}${request.url}` }).end();
    other.listener = (request) => seen.push({ url: request.url!, headers: request.headers });
    await expect(channel().manifest(RELEASE)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect(seen).toEqual([]);
  });

  test.each(['ssh://host/x', 'file:///tmp', 'ext::sh -c id', '--upload-pack=id', '', 'http://h/?a=b', 'http://h/#x'])(
    'an address %j is USAGE',
    (remote) => {
      expect(() => createLfsRemoteChannel({ remote, cacheFolder: cache.path })).toThrow(
        expect.objectContaining({ code: 'USAGE' }),
      );
    },
  );

  test('nothing is published to it', async () => {
    await expect(channel().publish(RELEASE.ref)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
