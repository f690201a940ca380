import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { cidText, parseCid } from '@weighbridge/manifest/cid-bytes';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { channelRelease, listed, publishRelease } from '@weighbridge/ports/testing/channel-release';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createBlockStore } from './block-store.js';
import { CarReader } from './car-reader.js';
import { carHeader } from './car-bytes.js';
import { createGateway } from './gateway.js';
import { createGatewayChannel } from './gateway-channel.js';
import { manifestCid } from './published-files.js';
import { leafCid, type StorePlace, storePlace, testEngine } from './testing/store-place.js';

const RELEASE = channelRelease();
const MODEL = listed(RELEASE, 'model.bin');
const CONFIG = listed(RELEASE, 'config.json');
const CONFIG_BYTES = Buffer.from(RELEASE.files.get('config.json')!);
const RAW = { accept: 'application/vnd.ipld.raw' };
const CAR = { accept: 'application/vnd.ipld.car;version=1;order=dfs;dups=y' };
const chunk = (index: number): string =>
  cidText(leafCid(RELEASE.files.get('model.bin')!.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)).bytes);

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the connection broke off. */
  readonly broke: boolean;
}

describe('the gateway', () => {
  let place: StorePlace;
  let server: Server;
  let root: string;
  beforeAll(async () => {
    place = await storePlace();
    ({ root } = await publishRelease(place.channel, RELEASE));
    const blocks = createBlockStore(join(place.folder, 'blocks'), testEngine.digestChunk);
    server = createServer(createGateway({ blocks, digestChunk: testEngine.digestChunk }));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await place.dispose();
  });

  function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
    const { port } = server.address() as AddressInfo;
    return new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        const pieces: Buffer[] = [];
        const done = (broke: boolean) =>
          resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(pieces), broke });
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => done(false));
        response.on('error', () => done(true));
      });
      asked.on('error', reject);
      asked.end();
    });
  }

  async function carCids({ body }: Answer, carRoot: string): Promise<string[]> {
    const reader = new CarReader(
      (async function* () {
        yield body;
      })(),
      1e8,
      undefined,
    );
    const header = carHeader(parseCid(carRoot)!);
    expect(Buffer.from((await reader.take(header.length))!)).toEqual(Buffer.from(header));
    const cids: string[] = [];
    for (let section = await reader.section(); section !== undefined; section = await reader.section()) {
      cids.push(cidText(section.cid.bytes));
    }
    return cids;
  }

  test.each(['HEAD', 'GET'])('%s of the empty CID says that this is a gateway', async (method) => {
    const answer = await ask('/ipfs/bafkqaaa?format=raw', {}, method);
    expect([answer.status, answer.body.length, answer.headers['content-length']]).toEqual([200, 0, '0']);
  });

  test.each<[string, string, Record<string, string>]>([
    ['format=raw', `/ipfs/${CONFIG.cid}?format=raw`, {}],
    ['Accept', `/ipfs/${CONFIG.cid}`, RAW],
    ['Accept among others', `/ipfs/${CONFIG.cid}`, { accept: 'text/html, application/vnd.ipld.raw;q=0.9' }],
    ['format= above Accept', `/ipfs/${CONFIG.cid}?format=raw`, CAR],
  ])('a raw block by %s', async (_, path, headers) => {
    const answer = await ask(path, headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(CONFIG_BYTES);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.ipld.raw',
      'content-length': String(CONFIG_BYTES.length),
      'cache-control': 'public, max-age=29030400, immutable',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag: `"${CONFIG.cid}.raw"`,
    });
  });

  test('HEAD has the headers alone', async () => {
    const answer = await ask(`/ipfs/${CONFIG.cid}`, RAW, 'HEAD');
    expect([answer.status, answer.body.length, answer.headers['content-length']]).toEqual([
      200,
      0,
      String(CONFIG_BYTES.length),
    ]);
  });

  test.each([
    ['bytes=2-4', 206, 2, 5],
    ['bytes=2-', 206, 2, undefined],
    ['bytes=-3', 206, -3, undefined],
    ['bytes=2-9999', 206, 2, undefined],
    ['bytes=0-0,2-3', 200, 0, undefined],
    ['bytes=4-2', 200, 0, undefined],
    ['lines=1-2', 200, 0, undefined],
  ])('Range %s is %i', async (range, status, from, to) => {
    const answer = await ask(`/ipfs/${CONFIG.cid}`, { ...RAW, range });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(CONFIG_BYTES.subarray(from, to));
    if (status === 206)
      expect(answer.headers['content-range']).toMatch(new RegExp(`^bytes \\d+-\\d+/${CONFIG_BYTES.length}$`));
  });

  test('a range behind the end is 416', async () => {
    const answer = await ask(`/ipfs/${CONFIG.cid}`, { ...RAW, range: 'bytes=9999-' });
    expect([answer.status, answer.headers['content-range']]).toEqual([416, `bytes */${CONFIG_BYTES.length}`]);
  });

  test('If-Range of another etag gives the whole', async () => {
    expect((await ask(`/ipfs/${CONFIG.cid}`, { ...RAW, range: 'bytes=1-2', 'if-range': '"x"' })).status).toBe(200);
  });

  test.each([`"${CONFIG.cid}.raw"`, `W/"${CONFIG.cid}.raw"`, `"x", "${CONFIG.cid}.raw"`, '*'])(
    'If-None-Match %s is 304',
    async (etag) => {
      const answer = await ask(`/ipfs/${CONFIG.cid}`, { ...RAW, 'if-none-match': etag });
      expect([answer.status, answer.body.length]).toEqual([304, 0]);
    },
  );

  test('a path below a folder', async () => {
    const inFolder = await ask(`/ipfs/${root}/sub/${encodeURIComponent('ä.txt')}?format=raw`);
    expect(inFolder.body.toString()).toBe('a name beyond ASCII');
    expect((await ask(`/ipfs/${root}/config.json?format=raw`)).body).toEqual(CONFIG_BYTES);
    expect((await ask(`/ipfs/${root}/absent?format=raw`)).status).toBe(404);
    expect((await ask(`/ipfs/${root}/config.json/below?format=raw`)).status).toBe(404);
  });

  test('the manifest by its SHA3-512', async () => {
    const answer = await ask(`/ipfs/${cidText(manifestCid(RELEASE.releaseDigest).bytes)}?format=raw`);
    expect(new Uint8Array(answer.body)).toEqual(RELEASE.canonical);
  });

  test.each<[string, number, string, Record<string, string>, string?]>([
    ['POST', 405, `/ipfs/${CONFIG.cid}`, RAW, 'POST'],
    ['DELETE', 405, `/ipfs/${CONFIG.cid}`, RAW, 'DELETE'],
    ['no format', 406, `/ipfs/${CONFIG.cid}`, {}],
    ['an unknown format', 400, `/ipfs/${CONFIG.cid}?format=tar`, {}],
    ['no CID', 400, '/ipfs/hello?format=raw', {}],
    ['an identity CID with bytes', 400, '/ipfs/bafkqaaj?format=raw', {}],
    ['a CIDv0', 400, '/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG?format=raw', {}],
    ['a wrong percent-encoding', 400, `/ipfs/${CONFIG.cid}/%ff?format=raw`, {}],
    ['an empty part', 400, `/ipfs/${CONFIG.cid}/a//b?format=raw`, {}],
    ['an unknown scope', 400, `/ipfs/${CONFIG.cid}?dag-scope=none`, CAR],
    ['unknown bytes', 400, `/ipfs/${CONFIG.cid}?entity-bytes=x`, CAR],
    ['bytes backwards', 400, `/ipfs/${CONFIG.cid}?entity-bytes=9:3`, CAR],
    ['CARs of version 2', 400, `/ipfs/${CONFIG.cid}`, { accept: 'application/vnd.ipld.car;version=2' }],
    ['another place', 404, '/ipns/example.org?format=raw', {}],
    ['a long address', 414, `/ipfs/${CONFIG.cid}/${'a'.repeat(9000)}?format=raw`, {}],
    ['an unknown CID', 404, '/ipfs/bafkreidnsd52zqdt5yfuyq7tumurz3g2gn3e63lg2fbcjlla6ry7fsbtjm?format=raw', {}],
    ['a CAR of an unknown CID', 404, '/ipfs/bafkreidnsd52zqdt5yfuyq7tumurz3g2gn3e63lg2fbcjlla6ry7fsbtjm', CAR],
  ])('%s is %i', async (_, status, path, headers, method) => {
    const answer = await ask(path, headers, method);
    expect(answer.status).toBe(status);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.body.toString()).not.toContain(place.folder);
  });

  test('is enough to read a release of which only the digest is known', async () => {
    const { port } = server.address() as AddressInfo;
    const channel = createGatewayChannel({ url: `http://127.0.0.1:${port}`, engine: testEngine });
    expect(await channel.receipt(RELEASE)).toBeUndefined();
    expect(await channel.manifest(RELEASE)).toEqual(RELEASE.canonical);
    expect(await channel.leaves(RELEASE, MODEL)).toEqual(RELEASE.digests.get('model.bin')!.leaves);
    await expect(channel.publish(RELEASE.ref)).rejects.toMatchObject({ code: 'USAGE' });
    await channel.close();
  });

  describe('as CAR', () => {
    test('a whole folder, depth first', async () => {
      const answer = await ask(`/ipfs/${root}`, CAR);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/vnd.ipld.car; version=1; order=dfs; dups=y',
        etag: expect.stringMatching(/^W\/"/),
      });
      const cids = await carCids(answer, root);
      expect(cids[0]).toBe(root);
      const model = cids.indexOf(MODEL.cid);
      expect(cids.slice(model + 1, model + 4)).toEqual([chunk(0), chunk(1), chunk(2)]);
    });

    test('only the parts of a file that hold some bytes', async () => {
      const part = async (bytes: string) =>
        carCids(await ask(`/ipfs/${MODEL.cid}?dag-scope=entity&entity-bytes=${bytes}`, CAR), MODEL.cid);
      expect(await part(`${CHUNK_BYTES}:${CHUNK_BYTES}`)).toEqual([MODEL.cid, chunk(1)]);
      expect(await part(`${CHUNK_BYTES - 1}:*`)).toEqual([MODEL.cid, chunk(0), chunk(1), chunk(2)]);
      expect(await part('-1:-1')).toEqual([MODEL.cid, chunk(2)]);
    });

    test('a block, with the folders on the way to it', async () => {
      const answer = await ask(`/ipfs/${root}/model.bin?dag-scope=block`, CAR);
      expect(await carCids(answer, MODEL.cid)).toEqual([root, MODEL.cid]);
    });

    test('of a folder as entity its own block', async () => {
      expect(await carCids(await ask(`/ipfs/${root}?dag-scope=entity`, CAR), root)).toEqual([root]);
    });
  });

  describe('rot', () => {
    afterEach(() => publishRelease(place.channel, RELEASE));

    test.each(['flipped', 'cut', 'longer', 'emptied', 'symlink', 'FIFO'] as const)(
      'a block that was %s never leaves',
      async (fault) => {
        await place.damage({ kind: 'weights', file: MODEL, chunk: 1 }, fault);
        const answer = await ask(`/ipfs/${chunk(1)}`, RAW);
        expect(answer.status).toBe(500);
        expect(answer.body.length).toBeLessThan(100);
      },
    );

    test('a CAR breaks off before it', async () => {
      await place.damage({ kind: 'weights', file: MODEL, chunk: 1 }, 'flipped');
      const answer = await ask(`/ipfs/${MODEL.cid}`, CAR);
      expect([answer.status, answer.broke]).toEqual([200, true]);
      expect(answer.body.length).toBeLessThan(2 * CHUNK_BYTES);
    });
  });
});
