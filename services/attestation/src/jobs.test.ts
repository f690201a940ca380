import { randomBytes } from 'node:crypto';
import type { JobData } from '@weighbridge/ports/queue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ServedHouse } from './testing/served-house.js';

let house: ServedHouse;
beforeEach(async () => {
  house = await new ServedHouse().start();
  await house.house.claim();
});
afterEach(() => house.stop());

const run = async (kind: string, data: JobData) => {
  const { id } = await house.queue.add({ kind, key: `test-${randomBytes(8).toString('hex')}`, data });
  return house.ended(id);
};
const SOURCE = { root: 'models', path: 'pilot' };
const DIGEST = { model: 'acme/pilot-llm', version: '1.0.0', versionCode: 1, license: 'MIT', ...SOURCE };
const PUBLISH = { model: 'acme/pilot-llm', version: '1.0.0', channels: ['ipfs'], ...SOURCE };

describe('poisoned jobs', () => {
  it.each<[string, string, JobData]>([
    ['no data', 'digest', {}],
    ['no source', 'digest', { model: 'acme/x', version: '1', versionCode: 1, license: 'MIT' }],
    ['a path out of the root', 'digest', { ...DIGEST, path: '../../etc' }],
    ['an unknown root', 'digest', { ...DIGEST, root: '/' }],
    ['a model that is none', 'digest', { ...DIGEST, model: '../x' }],
    ['a code that is none', 'digest', { ...DIGEST, versionCode: -1 }],
    ['a license that is none', 'digest', { ...DIGEST, license: '((' }],
    ['no data', 'publish', {}],
    ['a digest that is none', 'publish', { ...PUBLISH, releaseDigest: '../../x' }],
    ['an unknown channel', 'publish', { ...PUBLISH, releaseDigest: 'ab'.repeat(64), channels: ['ftp'] }],
    ['no data', 'register', {}],
  ])('with %s are dead at once: %s', async (_, kind, data) => {
    expect(await run(kind, data)).toMatchObject({ state: 'dead', attempts: 1, failure: { outcome: 'USAGE' } });
  });
});

describe('a publish job', () => {
  it('refuses files that were changed since they were digested', async () => {
    const { result } = await run('digest', DIGEST);
    house.put('roots/pilot/config.json', '[]');
    const { releaseDigest } = result as { releaseDigest: string };
    const job = await run('publish', { ...PUBLISH, releaseDigest });
    expect(job).toMatchObject({ state: 'dead', failure: { outcome: 'TAMPERED', details: { file: 'config.json' } } });
    expect([house.ipfs.releases.size, house.ipfs.waiting.size]).toEqual([0, 0]);
  });
});

describe('a registration', () => {
  it('goes on by itself when a channel that was away is back', async () => {
    house.ipfs.fault = 'unreachable';
    const publish = house.ipfs.publish.bind(house.ipfs);
    let refused = 0;
    house.ipfs.publish = async () => {
      if (refused++ > 0) return publish();
      await house.ipfs.probe();
      throw new Error('it can be reached');
    };
    const registered = house.register();
    await expect.poll(() => refused, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(house.house.sent).not.toContain('register');
    house.ipfs.fault = 'none';
    expect(await registered).toMatchObject({ state: 'done' });
  });

  it('is cancelled with what it waits for, and can be put back', async () => {
    house.ipfs.publish = () => new Promise<never>(() => {});
    const json = { model: 'acme/pilot-llm', version: '1.0.0', license: 'MIT', source: SOURCE };
    const { body } = await house.ask('POST', '/v1/releases', 'register', { json });
    const publishing = async () => (await house.queue.list('running', 10)).find(({ kind }) => kind === 'publish');
    await expect.poll(publishing, { timeout: 5_000 }).toBeDefined();
    const { id } = (await publishing())!;
    expect((await house.ask('POST', `/v1/jobs/${body.id}/cancel`, 'register')).status).toBeLessThan(300);
    expect(await house.ended(String(body.id))).toMatchObject({ state: 'cancelled' });
    expect(['cancelled', 'running']).toContain((await house.queue.get(id))?.state);
    expect((await house.ask('POST', `/v1/jobs/${body.id}/retry`, 'register')).status).toBe(202);
  });

  it('of an unknown job is 404', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/events'],
      ['POST', '/cancel'],
      ['POST', '/retry'],
    ] as const)
      expect((await house.ask(method, `/v1/jobs/none${path}`, 'admin')).status).toBe(404);
  });
});

describe('what is told of it', () => {
  it('metrics count by route and kind, and name no release', async () => {
    await house.register();
    await house.ask('GET', '/v1/releases/acme/pilot-llm/1.0.0', 'read');
    const { body } = await house.ask('GET', '/metrics', 'read');
    expect(body.text).toContain('weighbridge_jobs_total{kind="register",outcome="OK"} 1');
    expect(body.text).toMatch(/route="\/v1\/releases\/\{namespace\}\/\{name\}\/\{version\}",status="200"/);
    expect(body.text).not.toContain('pilot');
  });

  it('the audit log keeps who did what, and nothing of who was refused', async () => {
    await house.register();
    const json = { reason: 'leaked' };
    await house.ask('POST', '/v1/releases/acme/pilot-llm/1.0.0/revocation', 'read', { json });
    await house.ask('POST', '/v1/releases/acme/pilot-llm/1.0.0/revocation', 'revoke', { json });
    const log = (await house.index.auditLog(10)).map(({ actor, action, subject }) => [actor, action, subject]);
    expect(log).toEqual([
      ['revoke', 'revoke', 'acme/pilot-llm@1.0.0'],
      ['register', 'order registration', 'acme/pilot-llm@1.0.0'],
    ]);
  });

  it('an index that cannot be written stops nothing, and is not believed', async () => {
    let lags = 0;
    const broken = await new ServedHouse().start({ indexLags: () => lags++ });
    await broken.house.claim();
    broken.index.put = async () => {
      throw new Error('disk full');
    };
    expect(await broken.register()).toMatchObject({ state: 'done' });
    expect(lags).toBe(1);
    await broken.stop();
  });

  it('the dead can be listed', async () => {
    await run('digest', {});
    const { body } = await house.ask('GET', '/v1/jobs?state=dead', 'read');
    expect(body.jobs).toMatchObject([{ kind: 'digest', failure: { outcome: 'USAGE' } }]);
  });

  it('damaged tokens let nobody in, and are no fault of the client', async () => {
    house.tokens.bytes = Buffer.from('{');
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const { status, body } = await house.ask('GET', '/v1/chain', 'admin');
    expect({ status, outcome: body.outcome }).toEqual({ status: 503, outcome: 'UNVERIFIABLE' });
  });
});
