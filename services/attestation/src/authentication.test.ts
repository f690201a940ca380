import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeToken, SCOPES, type Scope } from '@weighbridge/service-kit/token';
import { writeTokens } from '@weighbridge/service-kit/token-book';
import { ROUTES } from './routes.js';
import { ServedHouse } from './testing/served-house.js';

const house = new ServedHouse();
beforeAll(() => house.start());
afterAll(() => house.stop());

const VALUES: Readonly<Record<string, string>> = {
  namespace: 'acme',
  name: 'pilot-llm',
  version: '1.0.0',
  job: 'none',
  upload: '0'.repeat(32),
  delta: '0'.repeat(128),
  plan: '0'.repeat(128),
  path: 'config.json',
};
const pathOf = (path: string) => path.replace(/\{(\w+)(\.\.\.)?\}/g, (_, name: string) => VALUES[name]!);
const guarded = ROUTES.filter(({ scope }) => scope !== null).map((route) => ({
  method: route.method.toUpperCase(),
  path: pathOf(route.path),
  scope: route.scope as Scope,
}));

describe.each(guarded)('$method $path', ({ method, path, scope }) => {
  it('refuses no token', async () => {
    const { status, body, headers } = await house.ask(method, path, undefined);
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ status: 401, outcome: 'UNTRUSTED', hint: expect.stringMatching(/\S/) });
  });

  it.each([
    ['a token that is not kept', `Bearer ${makeToken().token}`],
    ['a token of another form', 'Bearer admin'],
    ['an empty token', 'Bearer '],
    ['another scheme', 'Digest x'],
  ])('refuses %s', async (_, authorization) => {
    const { status } = await house.ask(method, path, undefined, { headers: { authorization } });
    expect(status).toBe(401);
  });

  it.each(SCOPES.filter((one) => one !== scope && one !== 'admin'))('refuses the scope %s', async (wrong) => {
    const { status, body } = await house.ask(method, path, wrong);
    expect(status).toBe(403);
    expect(body.outcome).toBe('UNTRUSTED');
  });

  it.each(['admin', scope])('takes the scope %s', async (right) => {
    const { status } = await house.ask(method, path, right as Scope);
    expect([401, 403]).not.toContain(status);
  });
});

describe('everything else', () => {
  it.each(['/', '/v1', '/v2/releases', '/git/acme/pilot-llm.git/info/refs', '/v1/namespaces/acme/x'])(
    'is refused without a token: %s',
    async (path) => expect((await house.ask('GET', path, undefined)).status).toBe(401),
  );

  it.each(ROUTES.filter(({ scope }) => scope === null).map(({ path }) => path))('is open: %s', async (path) =>
    expect((await house.ask('GET', path, undefined)).status).toBe(200),
  );

  it('is 404 with a token, and 405 for another method', async () => {
    expect((await house.ask('GET', '/v1/nothing', 'read')).status).toBe(404);
    const { status, headers } = await house.ask('DELETE', '/v1/namespaces/acme', 'read');
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('GET, HEAD');
  });
});

describe('a token', () => {
  it('is good until it expires', async () => {
    const now = house.house.chain.clock.nowSeconds();
    const [late, soon] = [makeToken(), makeToken()];
    const record = { scopes: ['read' as const], createdAt: 0 };
    const other = await new ServedHouse().start();
    await writeTokens(other.tokens, [
      { ...record, name: 'late', digest: late.digest, expiresAt: now },
      { ...record, name: 'soon', digest: soon.digest, expiresAt: now + 1 },
    ]);
    const ask = ({ token }: { token: string }) =>
      other.ask('GET', '/v1/chain', undefined, { headers: { authorization: `Bearer ${token}` } });
    expect((await ask(late)).status).toBe(401);
    expect((await ask(soon)).status).toBe(200);
    await other.stop();
  });
});
