import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RedisServer } from '@weighbridge/queue-bullmq/testing/redis-server';
import { execFileSync } from 'node:child_process';
import { environment } from '../support/child.js';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { makePilot } from '../support/models.js';
import { orphansOf } from '../support/orphans.js';
import { type Sandbox, sandbox } from '../support/sandbox.js';
import { type Ask, bearer, hasEnded, jobUntil, startService } from '../support/service.js';

const CLAIM = { namespace: 'acme', approvers: [{ key: 'approver', role: 'security' }] };
const RELEASE = '/v1/releases/acme/pilot/1.0.0';
const order = (path: string, version = '1.0.0') => ({
  model: 'acme/pilot',
  version,
  license: 'MIT',
  source: { root: 'models', path },
});

interface Publisher {
  readonly box: Sandbox;
  readonly home: string;
  readonly asks: (url: string) => Ask;
  readonly token: string;
  readonly root: readonly string[];
}

async function publisher(): Promise<Publisher> {
  const box = sandbox();
  const home = box.at('home');
  await makePilot(box.at('models/pilot'));
  await expectOutcome('OK', ['key', 'new', 'approver'], { home });
  return { box, home, ...(await bearer(home)), root: ['--root', `models=${box.at('models')}`] };
}

/** Large enough that a kill finds it half digested; its bytes are zeros that no disk holds. */
function makeLarge(box: Sandbox): void {
  writeFileSync(box.at('models/pilot/large.bin'), '');
  truncateSync(box.at('models/pilot/large.bin'), 300_000_000);
}

const isDigesting = ({ progress }: Record<string, unknown>): boolean => {
  const { step, doneBytes } = (progress ?? {}) as { step?: string; doneBytes?: number };
  return step === 'digesting' && doneBytes! > 5_000_000;
};

describe('serve', () => {
  test('registers, approves and seals over HTTP, and then ends when asked', async () => {
    const { box, home, asks, token, root } = await publisher();
    const service = await startService(['serve', '--port', '0', ...root], { home });
    const ask = asks(service.ready.url!);
    expect(await ask('GET', '/v1/chain')).toMatchObject({
      status: 200,
      body: { url: service.ready.chain, chainId: 31337 },
    });
    expect(await ask('POST', '/v1/namespaces', CLAIM)).toMatchObject({ status: 201, body: { threshold: 1 } });

    const ordered = await ask('POST', '/v1/releases', order('pilot'));
    expect(ordered.status).toBe(202);
    const job = await jobUntil(ask, ordered.body.id, hasEnded);
    expect(job).toMatchObject({ state: 'done', result: { created: true, channels: ['git-lfs', 'ipfs'] } });

    await expectOutcome('BUSY', ['approve', 'acme/pilot@1.0.0', '--lock-timeout', '0s'], { home });
    await expectOutcome('BUSY', ['serve', '--port', '0', '--lock-timeout', '0s'], { home });
    await expectOutcome('OK', ['approve', 'acme/pilot@1.0.0', '--sign-only', '-o', box.at('approval')], { home });
    const approval = readFileSync(box.at('approval'), 'utf8');
    expect(await ask('POST', `${RELEASE}/approvals`, approval)).toMatchObject({
      status: 200,
      body: { status: 'approved' },
    });
    expect((await ask('GET', '/v1/releases')).body.releases).toMatchObject([{ release: 'acme/pilot@1.0.0' }]);
    await expectOutcome('OK', ['show', 'acme/pilot@1.0.0'], { home });

    expect((await ask('GET', `${RELEASE}/bundle`)).body.format).toBe('bundle-v1');
    service.child.kill('SIGTERM');
    const { exit, stderr } = await service.ended;
    expect(exit).toBe(143);
    expect(stderr).not.toContain(token);
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ service: 'serve' });
    expect(orphansOf(home)).toEqual([]);

    const bundle = box.at('bundle');
    await expectOutcome('OK', ['bundle', 'export', 'acme/pilot@1.0.0', '-o', bundle], { home });
    await expectOutcome('OK', ['verify', box.at('models/pilot'), '--bundle', bundle], { home });
    expect((await weighbridge(['list'], { home })).answer.releases).toMatchObject([{ status: 'approved' }]);
  });

  test('lets git and git-lfs clone with a token alone, and IPFS clients read blocks', async () => {
    const { box, home, asks, token, root } = await publisher();
    const service = await startService(['serve', '--port', '0', ...root], { home });
    const ask = asks(service.ready.url!);
    await ask('POST', '/v1/namespaces', CLAIM);
    await jobUntil(ask, (await ask('POST', '/v1/releases', order('pilot'))).body.id, hasEnded);

    const clone = (url: string, to: string) =>
      execFileSync('git', ['clone', '--quiet', url, box.at(to)], {
        env: environment({ HOME: box.at('user'), GIT_TERMINAL_PROMPT: '0', GIT_LFS_SKIP_SMUDGE: '1' }),
        stdio: 'pipe',
      });
    const git = `${service.ready.url}/git/acme/pilot.git`;
    expect(() => clone(git, 'refused')).toThrow();
    const withToken = git.replace('://', `://device:${token}@`);
    clone(withToken, 'clone');
    const inClone = { cwd: box.at('clone'), env: environment({ HOME: box.at('user') }), stdio: 'pipe' as const };
    execFileSync('git', ['lfs', 'pull'], inClone);
    execFileSync('git', ['lfs', 'fsck'], inClone);
    expect(readFileSync(box.at('clone/model.safetensors'))).toEqual(
      readFileSync(box.at('models/pilot/model.safetensors')),
    );

    const empty = await fetch(`${service.ready.gateway}/ipfs/bafkqaaa?format=raw`);
    expect(empty.status).toBe(200);
  });

  test('killed in mid-digest: the job ends once, after the next start', async () => {
    const { box, home, asks, root } = await publisher();
    const first = await startService(['serve', '--port', '0', ...root], { home });
    makeLarge(box);
    await asks(first.ready.url!)('POST', '/v1/namespaces', CLAIM);
    const { body } = await asks(first.ready.url!)('POST', '/v1/releases', order('pilot'));
    await jobUntil(asks(first.ready.url!), body.id, isDigesting);
    first.child.kill('SIGKILL');
    await first.ended;

    const second = await startService(['serve', '--port', '0', ...root], { home });
    const job = await jobUntil(asks(second.ready.url!), body.id, hasEnded);
    expect(job).toMatchObject({ state: 'done', result: { created: true, versionCode: 1 } });
    expect(await asks(second.ready.url!)('GET', RELEASE)).toMatchObject({
      body: { status: 'pending', versionCode: 1 },
    });
    second.child.kill('SIGINT');
    expect((await second.ended).exit).toBe(130);
  });

  test('a token that is revoked opens nothing any more', async () => {
    const { home, asks } = await publisher();
    const service = await startService(['serve', '--port', '0'], { home });
    const ask = asks(service.ready.url!);
    expect((await ask('GET', '/v1/chain')).status).toBe(200);
    const listed = await expectOutcome('OK', ['token', 'list'], { home });
    expect(listed.answer).toMatchObject({ tokens: [{ name: 'test', scopes: ['admin'], expired: false }] });
    await expectOutcome('OK', ['token', 'revoke', 'test'], { home });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect((await ask('GET', '/v1/chain')).status).toBe(401);
  });

  test.each<[string, readonly string[]]>([
    ['a root that is no folder', ['serve', '--root', 'models=none/there']],
    ['a root without a name', ['serve', '--root', '/tmp']],
    ['a port that is none', ['serve', '--port', '70000']],
    ['a size that is none', ['serve', '--max-upload', 'much']],
    ['no Redis', ['hashing-worker']],
    ['no Redis for the distributor', ['distributor']],
    ['no Redis for the API', ['attestation']],
    ['an unknown scope', ['token', 'new', 'x', '--scope', 'root']],
    ['no scope', ['token', 'new', 'x']],
    ['a token that is not there', ['token', 'revoke', 'x']],
  ])('%s is USAGE', async (_, args) => {
    await expectOutcome('USAGE', args, { home: sandbox().at('home') });
  });
});

describe('three services on a Redis', () => {
  test('Redis down: 503 within 3 s, and then everything goes on without a restart', async () => {
    const { home, asks, root } = await publisher();
    const redis = await RedisServer.start();
    try {
      const env = { WEIGHBRIDGE_REDIS_URL: redis.url };
      await redis.kill();
      const api = await startService(['attestation', '--port', '0', ...root], { home, env });
      await startService(['hashing-worker', ...root], { home, env });
      await startService(['distributor', ...root], { home, env });
      const ask = asks(api.ready.url!);
      await ask('POST', '/v1/namespaces', CLAIM);
      const started = performance.now();
      expect(await ask('POST', '/v1/releases', order('pilot'))).toMatchObject({
        status: 503,
        body: { outcome: 'UNVERIFIABLE' },
      });
      expect(performance.now() - started).toBeLessThan(3_000);
      expect((await ask('GET', '/readyz')).status).toBe(503);

      await redis.resume();
      const ordered = await accepted(ask, order('pilot'));
      expect(await jobUntil(ask, ordered, hasEnded)).toMatchObject({ state: 'done' });

      await redis.kill();
      expect((await ask('POST', '/v1/releases', order('pilot', '1.1.0'))).status).toBe(503);
      await redis.resume();
      const again = await accepted(ask, order('pilot', '1.1.0'));
      expect(await jobUntil(ask, again, hasEnded)).toMatchObject({ state: 'done', result: { versionCode: 2 } });
    } finally {
      await redis.dispose();
    }
  });

  test('a worker killed in mid-digest: another one finishes its job within 35 s, once', async () => {
    const { box, home, asks, root } = await publisher();
    const redis = await RedisServer.start();
    try {
      const env = { WEIGHBRIDGE_REDIS_URL: redis.url };
      const api = await startService(['attestation', '--port', '0', ...root], { home, env });
      const worker = await startService(['hashing-worker', ...root], { home, env });
      await startService(['distributor', ...root], { home, env });
      const ask = asks(api.ready.url!);
      makeLarge(box);
      await ask('POST', '/v1/namespaces', CLAIM);
      const { body } = await ask('POST', '/v1/releases', order('pilot'));
      await jobUntil(ask, body.id, isDigesting);
      worker.child.kill('SIGKILL');
      const killed = performance.now();
      await startService(['hashing-worker', ...root], { home, env });
      const digest = (await ask('GET', '/v1/jobs?state=running')).body.jobs as { id: string; kind: string }[];
      const id = digest.find(({ kind }) => kind === 'digest')!.id;
      await jobUntil(ask, id, ({ attempts }) => Number(attempts) >= 2);
      expect(performance.now() - killed).toBeLessThan(35_000);
      expect(await jobUntil(ask, body.id, hasEnded)).toMatchObject({ state: 'done', result: { created: true } });
    } finally {
      await redis.dispose();
    }
  });
});

/** Orders until the queue is there again. */
async function accepted(ask: Ask, json: object): Promise<unknown> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { status, body } = await ask('POST', '/v1/releases', json);
    if (status === 202) return body.id;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the queue did not come back');
}
