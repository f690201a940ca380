import { randomBytes } from 'node:crypto';
import { REF } from '@weighbridge/journeys/testing/house';
import type { FakeChannel } from '@weighbridge/ports/testing/fake-channel';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ServedHouse } from './testing/served-house.js';

const MIB = 1024 * 1024;
const FILE = '/v1/releases/acme/pilot-llm/1.0.0/files/weights/big.bin';
const bytes = randomBytes(3 * MIB + 17);
const house = new ServedHouse();

beforeAll(async () => {
  await house.start();
  await house.house.claim();
  house.put('roots/pilot/weights/big.bin', bytes);
  house.put('roots/pilot/empty', '');
  await house.register();
});
afterAll(() => house.stop());

const get = async (headers: Record<string, string> = {}, path = FILE) => {
  const response = await house.fetch('GET', path, 'read', { headers });
  return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
};

/** Replaces a chunk until the returned function is called. */
async function spoil(channel: FakeChannel, index: number, change: (chunk: Uint8Array) => Uint8Array | undefined) {
  const { digest } = (await house.house.chain.release(REF))!;
  const chunks = [...channel.releases.get(digest)!.chunks.values()].find((list) => list.length > 1)!;
  const good = chunks[index]!;
  chunks[index] = change(good.slice());
  mended.push(() => {
    chunks[index] = good;
  });
}
const flip = (chunk: Uint8Array): Uint8Array => chunk.map((byte, at) => (at === 9 ? byte ^ 1 : byte));
const mended: (() => void)[] = [];
afterEach(() => {
  for (const mend of mended.splice(0)) mend();
});

describe('GET files', () => {
  it('gives the file', async () => {
    const { status, headers, body } = await get();
    expect({ status, length: headers.get('content-length') }).toEqual({ status: 200, length: String(bytes.length) });
    expect(body.equals(bytes)).toBe(true);
    expect((await get({}, FILE.replace('weights/big.bin', 'empty'))).body).toHaveLength(0);
  });

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=5-', 5, bytes.length],
    [`bytes=${MIB - 1}-${MIB}`, MIB - 1, MIB + 1],
    [`bytes=${3 * MIB}-999999999`, 3 * MIB, bytes.length],
    ['bytes=-17', bytes.length - 17, bytes.length],
    ['bytes=-999999999', 0, bytes.length],
  ])('gives %s', async (range, first, end) => {
    const { status, headers, body } = await get({ range });
    expect(status).toBe(206);
    expect(headers.get('content-range')).toBe(`bytes ${first}-${end - 1}/${bytes.length}`);
    expect(body.equals(bytes.subarray(first, end))).toBe(true);
  });

  it.each(['bytes=5-3', 'bytes=0-1,3-4', 'lines=1-2', 'bytes=x-', 'bytes=-'])('passes over %s', async (range) =>
    expect((await get({ range })).status).toBe(200),
  );

  it.each([`bytes=${bytes.length}-`, 'bytes=-0'])('refuses %s', async (range) => {
    const { status, headers } = await get({ range });
    expect(status).toBe(416);
    expect(headers.get('content-range')).toBe(`bytes */${bytes.length}`);
  });

  it('has no other file', async () => {
    for (const path of ['config', '..%2fconfig.json', '.weighbridge%2fmanifest.json'])
      expect((await get({}, `/v1/releases/acme/pilot-llm/1.0.0/files/${path}`)).status).toBe(404);
  });
});

describe('channels that lie', () => {
  it('in different chunks: the good halves make the file', async () => {
    await spoil(house.git, 0, flip);
    await spoil(house.ipfs, 1, flip);
    await spoil(house.git, 2, () => undefined);
    expect((await get()).body.equals(bytes)).toBe(true);
  });

  it('in the same first chunk: TAMPERED, and nothing of the file', async () => {
    await spoil(house.git, 0, flip);
    await spoil(house.ipfs, 0, flip);
    const { status, body } = await get();
    expect(status).toBe(409);
    expect(JSON.parse(body.toString())).toMatchObject({ outcome: 'TAMPERED', file: 'weights/big.bin', chunk: 0 });
  });

  it('in the same later chunk: the connection breaks before it', async () => {
    await spoil(house.git, 2, flip);
    await spoil(house.ipfs, 2, flip);
    await expect(get()).rejects.toThrow();
    expect((await get({ range: `bytes=0-${2 * MIB - 1}` })).status).toBe(206);
  });

  it('or lack it: UNVERIFIABLE', async () => {
    await spoil(house.git, 0, () => undefined);
    await spoil(house.ipfs, 0, () => undefined);
    const { status, body } = await get();
    expect({ status, outcome: JSON.parse(body.toString()).outcome }).toEqual({ status: 503, outcome: 'UNVERIFIABLE' });
  });
});
