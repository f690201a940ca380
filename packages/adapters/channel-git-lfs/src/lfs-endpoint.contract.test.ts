import { request as httpRequest } from 'node:http';
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { bytesEqual } from '@weighbridge/core/hex';
import { channelRelease, listed, publishRelease } from '@weighbridge/ports/testing/channel-release';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLfsEndpoint } from './lfs-endpoint.js';
import { objectPath } from './lfs-objects.js';
import { repositoryPath } from './repository-layout.js';
import { type Served, serve } from './testing/served-store.js';
import { type StorePlace, storePlace } from './testing/store-place.js';

const RELEASE = channelRelease();
const MODEL = listed(RELEASE, 'model.bin');
const BYTES = RELEASE.files.get('model.bin')!;
const REPOSITORY = '/acme/pilot-llm.git';
const BATCH = `${REPOSITORY}/info/lfs/objects/batch`;
const OBJECT = `${REPOSITORY}/info/lfs/objects/${MODEL.sha256}`;

describe('the Git LFS endpoint', () => {
  let place: StorePlace;
  let served: Served;
  beforeAll(async () => {
    place = await storePlace();
    await publishRelease(place.publisher, RELEASE);
    served = await serve(createLfsEndpoint({ folder: place.folder }));
  });
  afterAll(async () => {
    await served.close();
    await place.dispose();
  });

  const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${served.url}${path}`, { method: 'POST', body: body as BodyInit, headers });
  const batch = (body: object) => post(BATCH, JSON.stringify({ transfers: ['basic'], ...body }));
  const objectsOf = async (response: Response) =>
    ((await response.json()) as { objects: { error?: { code: number }; actions?: { download: { href: string } } }[] })
      .objects;

  test('each object has its own answer', async () => {
    const { size, sha256: oid } = MODEL;
    const response = await batch({
      operation: 'download',
      objects: [
        { oid, size },
        { oid, size: size + 1 },
        { oid, size: -1 },
        { oid: oid.toUpperCase(), size },
        { oid: '../../config', size },
        { oid: '0'.repeat(64), size },
        null,
        { __proto__: null, oid: 7 },
      ],
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/vnd.git-lfs+json');
    const objects = await objectsOf(response);
    expect(objects[0]?.actions?.download.href).toBe(`${served.url}${OBJECT}`);
    expect(objects.slice(1).map(({ error }) => error?.code)).toEqual([422, 422, 422, 422, 404, 422, 422]);
  });

  test('what is no regular file is gone', async () => {
    const file = listed(RELEASE, 'sub/ä.txt');
    const path = objectPath(repositoryPath(place.folder, RELEASE.ref), file.sha256);
    rmSync(path);
    mkdirSync(path);
    const objects = [{ oid: file.sha256, size: file.size }];
    const [answer] = await objectsOf(await batch({ operation: 'download', objects }));
    expect(answer?.error?.code).toBe(410);
    expect((await fetch(`${served.url}${REPOSITORY}/info/lfs/objects/${file.sha256}`)).status).toBe(410);
  });

  test('nothing is taken', async () => {
    const objects = [{ oid: MODEL.sha256, size: MODEL.size }];
    const [answer] = await objectsOf(await batch({ operation: 'upload', objects }));
    expect(answer?.error?.code).toBe(403);
    expect((await fetch(`${served.url}${OBJECT}`, { method: 'PUT', body: 'x' })).status).toBe(405);
    expect((await fetch(`${served.url}${REPOSITORY}/info/refs?service=git-receive-pack`)).status).toBe(403);
    expect((await post(`${REPOSITORY}/git-receive-pack`, '')).status).toBe(404);
  });

  test.each([
    ['no JSON', '{', 422],
    ['a list', '[]', 422],
    ['another operation', '{"operation":"delete","objects":[]}', 422],
    ['objects that are no list', '{"operation":"download","objects":{}}', 422],
    ['other transfers alone', '{"operation":"download","transfers":["tus"],"objects":[]}', 422],
    ['another digest', '{"operation":"download","hash_algo":"sha1","objects":[]}', 409],
    ['too many', `{"operation":"download","objects":[${Array(1001).fill('0').join()}]}`, 413],
    ['a huge body', ' '.repeat(300_000), 413],
    ['a small body that unpacks to a huge one', gzipSync(' '.repeat(300_000)), 413],
  ])('a batch that is %s is refused', async (_, body, status) => {
    const headers: Record<string, string> = typeof body === 'string' ? {} : { 'content-encoding': 'gzip' };
    expect((await post(BATCH, body, headers)).status).toBe(status);
  });

  test('a batch may be gzip, and nothing else', async () => {
    const body = gzipSync('{"operation":"download","objects":[]}');
    expect((await post(BATCH, body, { 'content-encoding': 'gzip' })).status).toBe(200);
    expect((await post(BATCH, body.subarray(0, 20), { 'content-encoding': 'gzip' })).status).toBe(400);
    expect((await post(BATCH, body, { 'content-encoding': 'br' })).status).toBe(415);
  });

  test.each([
    ['bytes=0-', 206, 0, BYTES.length],
    ['bytes=1048576-', 206, 1_048_576, BYTES.length],
    ['bytes=5-9', 206, 5, 10],
    [`bytes=5-${BYTES.length + 9}`, 206, 5, BYTES.length],
    ['bytes=9-5', 200, 0, BYTES.length],
    ['bytes=0-1,3-4', 200, 0, BYTES.length],
    ['lines=1-2', 200, 0, BYTES.length],
  ])('%s of an object', async (range, status, from, to) => {
    const response = await fetch(`${served.url}${OBJECT}`, { headers: { range } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-length')).toBe(String(to - from));
    expect(bytesEqual(new Uint8Array(await response.arrayBuffer()), BYTES.subarray(from, to))).toBe(true);
  });

  test('a range behind the end, one of an older object, and one that is there', async () => {
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${served.url}${OBJECT}`, { headers })).status;
    expect(await status({ range: `bytes=${BYTES.length}-` })).toBe(416);
    expect(await status({ range: 'bytes=5-', 'if-range': '"another"' })).toBe(200);
    expect(await status({ 'if-none-match': `"${MODEL.sha256}"` })).toBe(304);
  });

  test('the head of an object has its size and no body', async () => {
    const response = await fetch(`${served.url}${OBJECT}`, { method: 'HEAD' });
    expect(response.headers.get('content-length')).toBe(String(BYTES.length));
    expect(await response.text()).toBe('');
  });

  test.each([
    '/acme/absent.git/info/refs?service=git-upload-pack',
    '/acme/../acme/pilot-llm.git/config',
    `${REPOSITORY}/config`,
    `${REPOSITORY}/info/lfs/objects/toString`,
    `${REPOSITORY}/toString`,
    '/acme/pilot-llm/info/refs',
    '//acme/pilot-llm.git/HEAD',
    '/%2e%2e/x.git/HEAD',
  ])('nothing is at %s', async (path) => {
    expect(await rawStatus(served.url, path)).toBe(404);
  });

  test('there are no locks', async () => {
    expect(await (await post(`${REPOSITORY}/info/lfs/locks/verify`, '{}')).json()).toEqual({ ours: [], theirs: [] });
    expect(await (await fetch(`${served.url}${REPOSITORY}/info/lfs/locks`)).json()).toEqual({ locks: [] });
  });

  test('where objects are handed out follows from the request, the mount, or a setting', async () => {
    const href = async (options: object, host: string) => {
      served.listener = createLfsEndpoint({ folder: place.folder, ...options });
      const objects = [{ oid: MODEL.sha256, size: MODEL.size }];
      return rawPost(served.url, BATCH, host, JSON.stringify({ operation: 'download', objects }));
    };
    expect(await href({ mountedAt: '/git' }, 'models.example:8080')).toContain(
      `"http://models.example:8080/git${OBJECT}"`,
    );
    expect(await href({ baseUrl: 'https://cdn.example/g/' }, 'x')).toContain(`"https://cdn.example/g${OBJECT}"`);
    expect(await href({}, 'evil/@x"')).toContain('names no host');
  });

  test('a client that leaves in mid-file harms nobody', async () => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    socket.write(`GET ${OBJECT} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect((await fetch(`${served.url}${OBJECT}`, { method: 'HEAD' })).status).toBe(200);
  });
});

/** `fetch` would tidy the path. */
function rawStatus(url: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { path }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    sent.on('error', reject).end();
  });
}

function rawPost(url: string, path: string, host: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { path, method: 'POST', headers: { host } }, async (response) => {
      let text = '';
      for await (const piece of response) text += String(piece);
      resolve(text);
    });
    sent.on('error', reject).end(body);
  });
}
