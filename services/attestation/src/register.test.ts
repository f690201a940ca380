import { createHash } from 'node:crypto';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { signApproval } from '@weighbridge/journeys/approve';
import { alice, bob, REF, stranger } from '@weighbridge/journeys/testing/house';
import { canonicalApprovalFile } from '@weighbridge/verify/approval-file';
import { parseBundle } from '@weighbridge/verify/bundle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedHouse } from './testing/served-house.js';

const RELEASE = '/v1/releases/acme/pilot-llm/1.0.0';
let house: ServedHouse;

beforeEach(async () => {
  house = await new ServedHouse().start();
  await house.house.claim();
});
afterEach(() => house.stop());

describe('POST /v1/releases', () => {
  it('digests, publishes and registers', async () => {
    const job = await house.register();
    expect(job).toMatchObject({ state: 'done', kind: 'register' });
    expect(job.result).toMatchObject({ created: true, versionCode: 1, channels: ['git-lfs', 'ipfs'] });
    const record = await house.house.chain.release(REF);
    expect(record?.digest).toBe((job.result as { releaseDigest: string }).releaseDigest);
    const { body } = await house.ask('GET', RELEASE, 'read');
    expect(body).toMatchObject({ release: 'acme/pilot-llm@1.0.0', status: 'pending', channels: ['git-lfs', 'ipfs'] });
  });

  it('is the same job when ordered again', async () => {
    const first = await house.register();
    const again = await house.register();
    expect(again.id).toBe(first.id);
    expect(house.house.sent.filter((name) => name === 'register')).toHaveLength(1);
  });

  it('refuses other bytes of the same size under a registered version', async () => {
    await house.register();
    house.put('roots/pilot/weights/model.bin', 'WEIGHTS');
    expect(await house.register()).toMatchObject({ state: 'dead', failure: { outcome: 'TAMPERED' } });
  });

  it('refuses a namespace that nobody claimed', async () => {
    const json = { model: 'free/pilot', version: '1', source: { root: 'models', path: 'pilot' } };
    const { status, body } = await house.ask('POST', '/v1/releases', 'register', { json });
    expect({ status, outcome: body.outcome }).toEqual({ status: 404, outcome: 'UNVERIFIABLE' });
  });

  it.each([
    ['out of the root', { root: 'models', path: '../uploads' }],
    ['an absolute path', { root: 'models', path: '/etc' }],
    ['an unknown root', { root: 'other', path: 'pilot' }],
    ['a missing folder', { root: 'models', path: 'none' }],
    ['an unknown upload', { upload: '0'.repeat(32) }],
    ['a symlink out of the root', { root: 'models', path: 'link' }],
    ['a path through a symlink', { root: 'models', path: 'link/uploads' }],
  ])('refuses %s', async (_, source) => {
    symlinkSync(house.folder, join(house.folder, 'roots', 'link'));
    const json = { model: 'acme/pilot-llm', version: '1.0.0', source };
    const { status, body } = await house.ask('POST', '/v1/releases', 'register', { json });
    expect({ status, outcome: body.outcome }).toEqual({ status: 400, outcome: 'USAGE' });
  });

  it('takes an upload, and removes it when it is registered', async () => {
    const { body } = await house.ask('POST', '/v1/uploads', 'register');
    const files = `/v1/uploads/${body.id}/files`;
    await house.ask('PUT', `${files}/weights/model.bin`, 'register', { body: 'weights' });
    expect((await house.ask('PUT', `${files}/config.json`, 'register', { body: '{}' })).status).toBe(201);
    const job = await house.register('1.0.0', { source: { upload: body.id } });
    expect(job).toMatchObject({ state: 'done' });
    expect((await house.ask('GET', `/v1/uploads/${body.id}`, 'register')).status).toBe(404);
  });

  it('gives two versions that are registered at a time codes of their own', async () => {
    const jobs = await Promise.all([house.register('1.0.0'), house.register('1.1.0')]);
    expect(jobs.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(new Set(jobs.map(({ result }) => (result as { versionCode: number }).versionCode)).size).toBe(2);
  });
});

describe('uploads', () => {
  const put = async (path: string, init: RequestInit = { body: 'x' }) => {
    const { body } = await house.ask('POST', '/v1/uploads', 'register');
    return house.ask('PUT', `/v1/uploads/${body.id}/files/${path}`, 'register', init);
  };

  it.each([
    '%2e%2e%2fx',
    'a%2f%2e%2e%2f..%2f%2e%2e%2fx',
    '%2fetc/x',
    '.weighbridge/manifest.json',
    '.git/config',
    'a%00b',
    'a%5cb',
  ])('refuses the path %s', async (path) => expect([400, 404]).toContain((await put(path)).status));

  it('refuses more than the limit, declared or not', async () => {
    expect(await put('big', { body: Buffer.alloc(10_000_001) })).toMatchObject({ status: 413 });
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_000_000)) });
    const answer = put('big', { body: endless, duplex: 'half' } as RequestInit);
    expect(await answer.catch(() => ({ status: 'broken off' }))).toMatchObject({ status: expect.anything() });
    const { body } = await house.ask('POST', '/v1/uploads', 'register');
    expect((await house.ask('GET', `/v1/uploads/${body.id}`, 'register')).body.files).toEqual([]);
  });

  it('are at most so many', async () => {
    for (let count = 0; count < 4; count += 1) await house.ask('POST', '/v1/uploads', 'register');
    expect((await house.ask('POST', '/v1/uploads', 'register')).body.outcome).toBe('BUSY');
  });
});

describe('a registered release', () => {
  beforeEach(() => house.register());

  it('is approved by signatures that are handed in', async () => {
    const deadline = house.house.chain.clock.nowSeconds() + 1000;
    for (const signer of [alice, bob]) {
      const approval = await signApproval(house.house.chain, REF, signer, undefined, deadline);
      const body = Buffer.from(canonicalApprovalFile(approval));
      const headers = { 'content-type': 'application/json' };
      expect((await house.ask('POST', `${RELEASE}/approvals`, 'approve', { body, headers })).status).toBe(200);
    }
    expect((await house.ask('GET', RELEASE, 'read')).body.status).toBe('approved');
  });

  it('tells what an approver signs, and nobody else', async () => {
    const { body } = await house.ask('GET', `${RELEASE}/approval-request?approver=${alice.address}`, 'read');
    expect(body).toMatchObject({ primaryType: 'Approval', message: { approver: alice.address, versionCode: 1 } });
    const other = await house.ask('GET', `${RELEASE}/approval-request?approver=${stranger.address}`, 'read');
    expect({ status: other.status, outcome: other.body.outcome }).toEqual({ status: 403, outcome: 'UNTRUSTED' });
  });

  it('is revoked, and then neither served nor registered again', async () => {
    const json = { reason: 'leaked', code: 'quality' };
    const { body } = await house.ask('POST', `${RELEASE}/revocation`, 'revoke', { json });
    expect(body).toMatchObject({ status: 'revoked', reason: 'leaked' });
    expect((await house.ask('GET', `${RELEASE}/files/config.json`, 'read')).status).toBe(410);
  });

  it('gives manifest and bundle', async () => {
    const manifest = await (await house.fetch('GET', `${RELEASE}/manifest`, 'read')).arrayBuffer();
    const { digest } = (await house.house.chain.release(REF))!;
    expect(createHash('sha3-512').update(Buffer.from(manifest)).digest('hex')).toBe(digest);
    const bundle = await (await house.fetch('GET', `${RELEASE}/bundle?maxAge=60`, 'read')).arrayBuffer();
    expect(parseBundle(new Uint8Array(bundle)).checkpoint.signatures[0]?.maxAgeSeconds).toBe(60);
  });

  it('stands in the list', async () => {
    await house.register('1.1.0');
    const { body } = await house.ask('GET', '/v1/releases?limit=1', 'read');
    expect(body).toMatchObject({ next: 'acme/pilot-llm@1.0.0', releases: [{ release: 'acme/pilot-llm@1.0.0' }] });
    const next = await house.ask('GET', `/v1/releases?after=${body.next}&model=acme/pilot-llm`, 'read');
    expect(next.body).toMatchObject({ next: null, releases: [{ release: 'acme/pilot-llm@1.1.0' }] });
  });

  it('is not there under other names', async () => {
    for (const path of ['acme/pilot-llm/9', 'acme/other/1.0.0', 'nobody/x/1'])
      expect((await house.ask('GET', `/v1/releases/${path}`, 'read')).status).toBe(404);
  });
});

describe('events', () => {
  it('tell every change until the end, and go on after the last one seen', async () => {
    const { id } = await house.register();
    const text = await (await house.fetch('GET', `/v1/jobs/${id}/events`, 'read')).text();
    const [, eventId] = /id: (\S+)\nevent: done\ndata: /.exec(text)!;
    const headers = { 'last-event-id': eventId! };
    expect(await (await house.fetch('GET', `/v1/jobs/${id}/events`, 'read', { headers })).text()).not.toContain(
      'event:',
    );
  });
});
