import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { RedisServer } from '@weighbridge/queue-bullmq/testing/redis-server';
import { environment } from '../support/child.js';
import { expectOutcome } from '../support/command-line.js';
import { makePilot, noise } from '../support/models.js';
import { orphansOf } from '../support/orphans.js';
import { type Sandbox, sandbox } from '../support/sandbox.js';
import { type Ask, bearer, hasEnded, jobUntil, startService } from '../support/service.js';

const CLAIM = { namespace: 'acme', approvers: [{ key: 'approver', role: 'security' }] };
const [ONE, TWO] = ['acme/pilot@1.0.0', 'acme/pilot@2.0.0'];
const MODEL_BYTES = 2_500_000;

interface Publisher {
  readonly box: Sandbox;
  readonly home: string;
  readonly asks: (url: string) => Ask;
  readonly token: string;
  readonly root: readonly string[];
}

/** Two versions of a model: in the second, a few bytes of the weights and a small file are others. */
async function publisher(): Promise<Publisher> {
  const box = sandbox();
  const home = box.at('home');
  const weights = noise('weights', MODEL_BYTES);
  for (const version of [1, 2]) {
    await makePilot(box.at(`models/pilot-${version}`), version);
    weights.fill(version, 2_000_000, 2_000_100);
    writeFileSync(box.at(`models/pilot-${version}/model.safetensors`), weights);
  }
  await expectOutcome('OK', ['key', 'new', 'approver'], { home });
  return { box, home, ...(await bearer(home)), root: ['--root', `models=${box.at('models')}`] };
}

/** Registers the version out of its folder. */
async function register(ask: Ask, version: number): Promise<void> {
  const source = { root: 'models', path: `pilot-${version}` };
  const json = { model: 'acme/pilot', version: `${version}.0.0`, license: 'MIT', source };
  const job = await jobUntil(ask, (await ask('POST', '/v1/releases', json)).body.id, hasEnded);
  expect(job).toMatchObject({ state: 'done' });
}

async function approve({ box, home }: Publisher, ask: Ask, version: number): Promise<void> {
  const approval = box.at(`approval-${version}`);
  const ref = `acme/pilot@${version}.0.0`;
  await expectOutcome('OK', ['approve', ref, '--sign-only', '-o', approval], { home });
  const path = `/v1/releases/acme/pilot/${version}.0.0/approvals`;
  expect((await ask('POST', path, readFileSync(approval, 'utf8'))).status).toBe(200);
}

async function ordered(ask: Ask, json: object, path = '/v1/deltas'): Promise<Record<string, unknown>> {
  const { status, body } = await ask('POST', path, json);
  expect({ status, body }).toMatchObject({ body: { kind: 'delta' } });
  return jobUntil(ask, body.id, hasEnded);
}

/** Byte for byte, without the price of naming the first of millions that differs. */
function expectSame(found: Buffer, expected: Buffer): void {
  expect(found.equals(expected)).toBe(true);
}

const digestIn = ({ result }: Record<string, unknown>): string =>
  String((result as Record<string, unknown>).packageDigest);

describe('serve', () => {
  test('plans and builds updates that devices apply', async () => {
    const house = await publisher();
    const { box, home, asks, token, root } = house;
    const service = await startService(['serve', '--port', '0', ...root], { home });
    const ask = asks(service.ready.url!);
    await ask('POST', '/v1/namespaces', CLAIM);
    for (const version of [1, 2]) await register(ask, version);
    await approve(house, ask, 1);
    expect((await ask('POST', '/v1/deltas', { from: ONE, to: TWO })).body.outcome).toBe('NOT_APPROVED');
    await approve(house, ask, 2);

    const plan = await ordered(ask, { from: ONE, to: TWO, budget: 1000 }, '/v1/deltas/plans');
    expect(plan).toMatchObject({ state: 'done', result: { fits: false, budgetBytes: 1000 } });
    const { totalBytes } = plan.result as { totalBytes: number };
    const over = await ordered(ask, { from: ONE, to: TWO, budget: totalBytes - 1 });
    expect(over).toMatchObject({ state: 'dead', attempts: 1, failure: { outcome: 'LIMIT', details: { totalBytes } } });
    expect((await ask('GET', '/v1/deltas')).body).toEqual({ deltas: [], next: null });

    const built = await ordered(ask, { from: ONE, to: TWO, budget: totalBytes });
    expect(built).toMatchObject({ state: 'done', id: over.id, result: { totalBytes, fits: true } });
    expect(totalBytes).toBeLessThan(MODEL_BYTES / 10);
    const full = await ordered(ask, { from: null, to: ONE });

    const download = async (digest: string, to: string, range: string): Promise<void> => {
      const response = await fetch(`${service.ready.url}/v1/deltas/${digest}/file`, {
        headers: { authorization: `Bearer ${token}`, range },
      });
      expect(response.headers.get('etag')).toBe(`"${digest}"`);
      writeFileSync(box.at(to), Buffer.from(await response.arrayBuffer()), { flag: 'a' });
    };
    await download(digestIn(full), 'full.wbdelta', 'bytes=0-999999');
    await download(digestIn(full), 'full.wbdelta', 'bytes=1000000-');
    await download(digestIn(built), 'update.wbdelta', 'bytes=0-');

    const inspected = await expectOutcome('OK', ['delta', 'inspect', box.at('update.wbdelta')], { home });
    const { outcome: _, message: __, notes: ___, ...facts } = inspected.answer;
    const { body } = await ask('GET', `/v1/deltas/${digestIn(built)}`);
    expect(body).toMatchObject({ status: 'approved', from: ONE, packageDigest: facts.packageDigest, base: facts.base });
    expect(body).toMatchObject({ release: TWO, target: facts.target, totalBytes: facts.totalBytes });

    const device = { home: box.at('device') };
    const apply = (file: string, ...more: string[]) =>
      expectOutcome('OK', ['delta', 'apply', box.at(file), ...more], device);
    await apply('full.wbdelta', '--to', box.at('installed'));
    await apply('update.wbdelta', '--base', box.at('installed'), '--to', box.at('updated'));
    for (const [folder, version] of [
      ['installed', 1],
      ['updated', 2],
    ])
      for (const file of ['model.safetensors', 'config.json', 'tokenizer/vocab.txt'])
        expectSame(readFileSync(box.at(`${folder}/${file}`)), readFileSync(box.at(`models/pilot-${version}/${file}`)));

    await ask('POST', '/v1/releases/acme/pilot/1.0.0/revocation', { reason: 'superseded by a fix' });
    const gone = await ask('GET', `/v1/deltas/${digestIn(full)}/file`);
    expect(gone).toMatchObject({ status: 410, body: { outcome: 'REVOKED' } });
    expect((await ask('POST', '/v1/deltas', { from: TWO, to: ONE })).body.outcome).toBe('REVOKED');
    expect((await ask('GET', `/v1/deltas/${digestIn(built)}/file`)).status).toBe(200);

    const inClone = { cwd: box.folder, env: environment({ HOME: box.at('user') }), stdio: 'pipe' as const };
    const git = `${service.ready.url}/git/acme/pilot.git`.replace('://', `://device:${token}@`);
    const tag = `delta-${digestIn(built).slice(0, 56)}`;
    execFileSync('git', ['clone', '--quiet', '--depth', '1', '--branch', tag, git, 'clone'], inClone);
    execFileSync('git', ['-C', 'clone', 'lfs', 'fsck'], inClone);
    const update = readFileSync(box.at('update.wbdelta'));
    expectSame(readFileSync(box.at(`clone/${digestIn(built)}.wbdelta`)), update);
    const channels = body.channels as { channel: string; root: string; cid: string }[];
    expect(channels.map(({ channel }) => channel)).toEqual(['git-lfs', 'ipfs']);
    const block = await fetch(`${service.ready.gateway}/ipfs/${channels[1]!.cid}?format=raw`);
    expectSame(Buffer.from(await block.arrayBuffer()), update);

    expect(readdirSync(box.at('home/deltas/work'))).toEqual([]);
    service.child.kill('SIGTERM');
    expect((await service.ended).exit).toBe(143);
    expect(orphansOf(home)).toEqual([]);
  });

  test('killed in the middle of a build: the job ends once, after the next start', async () => {
    const house = await publisher();
    const { box, home, asks, root } = house;
    makeLarge(box);
    const first = await startService(['serve', '--port', '0', ...root], { home });
    await asks(first.ready.url!)('POST', '/v1/namespaces', CLAIM);
    await register(asks(first.ready.url!), 1);
    await approve(house, asks(first.ready.url!), 1);
    const { body } = await asks(first.ready.url!)('POST', '/v1/deltas', { from: null, to: ONE });
    await jobUntil(asks(first.ready.url!), body.id, isBuilding);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await startService(['serve', '--port', '0', ...root], { home });
    const ask = asks(second.ready.url!);
    const job = await jobUntil(ask, body.id, hasEnded);
    expect(job).toMatchObject({ state: 'done' });
    expect((await ask('GET', '/v1/deltas')).body.deltas).toMatchObject([
      { packageDigest: digestIn(job), release: ONE },
    ]);
    expect(readdirSync(box.at('home/deltas/work'))).toEqual([]);
  });

  test('without Redis the builder alone is USAGE', async () => {
    await expectOutcome('USAGE', ['ota-builder'], { home: sandbox().at('home') });
  });
});

describe('services on a Redis', () => {
  test('a builder killed in the middle of a build: another one finishes its job, once', async () => {
    const house = await publisher();
    const { box, home, asks, root } = house;
    const redis = await RedisServer.start();
    try {
      const env = { WEIGHBRIDGE_REDIS_URL: redis.url };
      const api = await startService(['attestation', '--port', '0', ...root], { home, env });
      await startService(['hashing-worker', ...root], { home, env });
      await startService(['distributor', ...root], { home, env });
      const builder = await startService(['ota-builder'], { home, env });
      const ask = asks(api.ready.url!);
      await ask('POST', '/v1/namespaces', CLAIM);
      await register(ask, 1);
      makeLarge(box, 2);
      await register(ask, 2);
      await approve(house, ask, 2);
      const { status, body } = await ask('POST', '/v1/deltas', { from: ONE, to: TWO });
      expect(status).toBe(202);
      await jobUntil(ask, body.id, isBuilding);
      builder.child.kill('SIGKILL');
      await startService(['ota-builder', '--concurrency', '1'], { home, env });
      const job = await jobUntil(ask, body.id, hasEnded);
      expect(job).toMatchObject({ state: 'done' });
      expect(Number(job.attempts)).toBeGreaterThanOrEqual(2);
      expect((await ask('GET', '/v1/deltas')).body.deltas).toMatchObject([{ packageDigest: digestIn(job), from: ONE }]);
      expect(readdirSync(box.at('home/deltas/work'))).toEqual([]);
    } finally {
      await redis.dispose();
    }
  });
});

/** Large enough that a kill finds it half built; its bytes are zeros that no disk holds. */
function makeLarge(box: Sandbox, version = 1): void {
  writeFileSync(box.at(`models/pilot-${version}/large.bin`), '');
  truncateSync(box.at(`models/pilot-${version}/large.bin`), 16_000_000);
}

const isBuilding = ({ state, progress }: Record<string, unknown>): boolean =>
  state === 'running' && Number((progress as { doneBytes?: number } | null)?.doneBytes) > 1_000_000;
