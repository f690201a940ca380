import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { releaseRef } from '@weighbridge/core/names';
import { MODEL } from '@weighbridge/journeys/testing/house';
import type { Version } from '@weighbridge/core/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedHouse } from './testing/served-house.js';

const [ONE, TWO] = ['acme/pilot-llm@1.0.0', 'acme/pilot-llm@2.0.0'];
const weights = randomBytes(1_600_000);
const house = new ServedHouse();

beforeAll(async () => {
  await house.start();
  await house.house.claim();
  house.put('roots/pilot/weights/big.bin', weights);
  await house.register('1.0.0');
  const changed = Buffer.from(weights);
  changed.fill(7, 1_200_000, 1_200_100);
  house.put('roots/pilot/weights/big.bin', changed);
  await house.register('2.0.0');
  for (const version of ['1.0.0', '2.0.0']) await house.house.approveAll(releaseRef(MODEL, version as Version));
});
afterAll(() => house.stop());

const order = (json: object, path = '/v1/deltas') => house.ask('POST', path, 'register', { json });
const build = async (json: object, path?: string) => {
  const { status, body } = await order(json, path);
  expect(body).toMatchObject({ kind: 'delta' });
  expect([200, 202]).toContain(status);
  return house.ended(String(body.id));
};
const digestOf = (job: Record<string, unknown>) => String((job.result as Record<string, unknown>).packageDigest);

describe('POST /v1/deltas', () => {
  it('builds a package that lies on the shelf, says what it is, and comes down whole', async () => {
    const { status, headers, body } = await order({ from: ONE, to: TWO });
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/jobs/${body.id}`);
    const job = await house.ended(String(body.id));
    expect(job).toMatchObject({ state: 'done', result: { fits: true, budgetBytes: null } });
    expect((job.result as { channels: string[] }).channels).toEqual(['git-lfs', 'ipfs']);
    const one = await house.ask('GET', `/v1/deltas/${digestOf(job)}`, 'read');
    expect(one).toMatchObject({
      status: 200,
      body: {
        from: ONE,
        release: TWO,
        status: 'approved',
        baseKind: 'release',
        targetKind: 'release',
        budgetBytes: null,
      },
    });
    const { digest } = (await house.house.chain.release(releaseRef(MODEL, '2.0.0' as Version)))!;
    expect(one.body.target).toBe(digest);
    const paths = (one.body.files as { path: string }[]).map(({ path }) => path);
    expect(paths).toEqual(['config.json', 'weights/big.bin', 'weights/model.bin']);

    const file = Buffer.from(
      await (await house.fetch('GET', `/v1/deltas/${digestOf(job)}/file`, 'read')).arrayBuffer(),
    );
    expect(file).toHaveLength(one.body.totalBytes as number);
    expect(createHash('sha3-512').update(file.subarray(0, 96)).digest('hex')).toBe(digestOf(job));
    expect(file.length).toBeLessThan(weights.length);
  });

  it('is the same job for the same two releases', async () => {
    const first = await build({ from: ONE, to: TWO });
    const { status, body } = await order({ from: ONE, to: TWO, budget: 100_000_000 });
    expect({ status, id: body.id }).toEqual({ status: 200, id: first.id });
    expect((await order({ from: null, to: TWO })).body.id).not.toBe(first.id);
  });

  it('over the budget: an end with the plan, not tried again; a higher budget starts it anew', async () => {
    const json = { from: TWO, to: ONE, budget: 100 };
    const job = await build(json);
    expect(job).toMatchObject({ state: 'dead', attempts: 1, failure: { outcome: 'LIMIT' } });
    const { details } = job.failure as { details: { totalBytes: number; plan: string } };
    const plan = await house.ask('GET', `/v1/deltas/plans/${details.plan}`, 'read');
    expect(plan.body).toMatchObject({ release: ONE, fits: false, budgetBytes: 100, totalBytes: details.totalBytes });
    expect((await order(json)).body).toMatchObject({ id: job.id, state: 'dead' });
    expect(await build({ ...json, budget: details.totalBytes })).toMatchObject({ state: 'done', id: job.id });
    const { status, body } = await order(json);
    expect({ status, outcome: body.outcome }).toEqual({ status: 413, outcome: 'LIMIT' });
  });

  it('builds anew what was removed', async () => {
    const first = await build({ from: null, to: ONE });
    expect((await house.ask('DELETE', `/v1/deltas/${digestOf(first)}`, 'register')).status).toBe(204);
    expect((await house.ask('GET', `/v1/deltas/${digestOf(first)}`, 'read')).status).toBe(404);
    const again = await build({ from: null, to: ONE });
    expect(again.id).not.toBe(first.id);
    expect((await house.ask('GET', `/v1/deltas/${digestOf(again)}`, 'read')).status).toBe(200);
  });

  it.each([
    ['an unknown target', { from: null, to: 'acme/pilot-llm@9' }, 404, 'UNVERIFIABLE'],
    ['an unknown base', { from: 'acme/other@1', to: ONE }, 404, 'UNVERIFIABLE'],
    ['no reference', { from: null, to: '../etc' }, 400, 'MALFORMED'],
    ['a budget of nothing', { from: null, to: ONE, budget: 0 }, 400, 'MALFORMED'],
    ['another member', { from: null, to: ONE, path: '/etc' }, 400, 'MALFORMED'],
    ['no base named', { to: ONE }, 400, 'MALFORMED'],
  ])('refuses %s', async (_, json, status, outcome) => {
    for (const path of ['/v1/deltas', '/v1/deltas/plans']) {
      const answer = await order(json, path);
      expect({ status: answer.status, outcome: answer.body.outcome }).toEqual({ status, outcome });
    }
  });

  it('a channel that cannot be reached: the package lies on the shelf, and is published by the next try', async () => {
    const publish = house.ipfs.publish.bind(house.ipfs);
    const kept: unknown[] = [];
    house.ipfs.publish = async () => {
      kept.push((await house.ask('GET', `/v1/deltas?release=${TWO}`, 'read')).body);
      if (kept.length > 1) return publish();
      throw new WeighbridgeError('UNVERIFIABLE', 'nobody is there', { hint: 'wait' });
    };
    const job = await build({ from: TWO, to: TWO });
    house.ipfs.publish = publish;
    expect(job).toMatchObject({ state: 'done', attempts: 2, result: { channels: ['git-lfs', 'ipfs'] } });
    expect(kept[1]).toEqual(kept[0]);
    expect(JSON.stringify(kept[0])).toContain(digestOf(job));
    const { channels } = (await house.ask('GET', `/v1/deltas/${digestOf(job)}`, 'read')).body;
    expect(channels).toMatchObject([{ channel: 'git-lfs' }, { channel: 'ipfs' }]);
  });

  it('leaves nothing where packages are built', () => {
    expect(readdirSync(join(house.folder, 'deltas', 'work'))).toEqual([]);
  });
});

describe('POST /v1/deltas/plans', () => {
  it('measures what a build comes to, and keeps no package', async () => {
    const before = await house.ask('GET', '/v1/deltas', 'read');
    const job = await build({ from: ONE, to: ONE, budget: 10 }, '/v1/deltas/plans');
    expect(job).toMatchObject({ state: 'done', result: { fits: false, budgetBytes: 10 } });
    const { plan, totalBytes } = job.result as { plan: string; totalBytes: number };
    expect((await house.ask('GET', `/v1/deltas/plans/${plan}`, 'read')).body).toMatchObject({
      totalBytes,
      advice: expect.any(Array),
    });
    expect((await house.ask('GET', '/v1/deltas', 'read')).body).toEqual(before.body);
    const built = await build({ from: ONE, to: ONE });
    expect((built.result as { totalBytes: number }).totalBytes).toBe(totalBytes);
  });
});

describe('GET /v1/deltas/{delta}/file', () => {
  let path = '';
  let whole: Buffer;
  beforeAll(async () => {
    path = `/v1/deltas/${digestOf(await build({ from: null, to: TWO }))}/file`;
    whole = Buffer.from(await (await house.fetch('GET', path, 'read')).arrayBuffer());
  });

  it.each(['bytes=0-0', 'bytes=5-1048580', 'bytes=1048576-', 'bytes=-17'])('gives %s', async (range) => {
    const response = await house.fetch('GET', path, 'read', { headers: { range } });
    const [, first, end] = /^bytes (\d+)-(\d+)\//.exec(response.headers.get('content-range')!)!;
    expect(response.status).toBe(206);
    expect(response.headers.get('etag')).toBe(`"${path.split('/')[3]}"`);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.equals(whole.subarray(Number(first), Number(end) + 1))).toBe(true);
  });

  it('answers HEAD, and refuses what lies outside', async () => {
    const head = await house.fetch('HEAD', path, 'read');
    expect({ status: head.status, length: head.headers.get('content-length') }).toEqual({
      status: 200,
      length: String(whole.length),
    });
    const { status } = await house.ask('GET', path, 'read', { headers: { range: `bytes=${whole.length}-` } });
    expect(status).toBe(416);
  });
});

describe('the shelf', () => {
  it('lists packages by page and by release', async () => {
    const all = (await house.ask('GET', '/v1/deltas', 'read')).body as { deltas: { packageDigest: string }[] };
    const first = (await house.ask('GET', '/v1/deltas?limit=1', 'read')).body as { next: string };
    expect(first.next).toBe(all.deltas[0]!.packageDigest);
    const rest = (await house.ask('GET', `/v1/deltas?after=${first.next}`, 'read')).body as typeof all;
    expect(rest.deltas).toEqual(all.deltas.slice(1));
    const ofTwo = (await house.ask('GET', `/v1/deltas?release=${TWO}`, 'read')).body.deltas as { release: string }[];
    expect(new Set(ofTwo.map(({ release }) => release))).toEqual(new Set([TWO]));
  });

  it('shows no package without its record', async () => {
    writeFileSync(join(house.folder, 'deltas', `${'a'.repeat(128)}.wbdelta`), 'x');
    expect((await house.ask('GET', `/v1/deltas/${'a'.repeat(128)}`, 'read')).status).toBe(404);
    expect((await house.ask('GET', '/v1/deltas', 'read')).status).toBe(200);
  });
});
