import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServedHouse } from './testing/served-house.js';

const house = new ServedHouse();
beforeAll(async () => {
  await house.start();
  await house.house.claim();
});
afterAll(() => house.stop());

const GOOD = '"model":"acme/pilot-llm","version":"1","source":{"root":"models","path":"pilot"}';
const post = (body: BodyInit, headers: Record<string, string> = {}, path = '/v1/releases') =>
  house.ask('POST', path, 'admin', { body, headers: { 'content-type': 'application/json', ...headers } });

/** Writes raw bytes and gives what comes back until the connection ends. */
function raw(text: string): Promise<string> {
  const { port } = new URL(house.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    let answer = '';
    socket.on('data', (bytes) => {
      answer += bytes.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('a body', () => {
  it.each([
    ['no JSON', 'x'],
    ['nothing', ''],
    ['a list', '[]'],
    ['an unknown member', `{${GOOD},"admin":true}`],
    ['__proto__', `{${GOOD},"__proto__":{"admin":true}}`],
    ['__proto__ below', `{"model":"acme/x","version":"1","source":{"root":"models","path":"x","__proto__":{}}}`],
    ['constructor', `{${GOOD},"constructor":{"prototype":{}}}`],
    ['a member twice', `{${GOOD},"version":"2"}`],
    ['a number with a fraction', `{${GOOD},"versionCode":1.5}`],
    ['a huge number', `{${GOOD},"versionCode":1e400}`],
    ['a lone surrogate', '{"model":"acme/\\ud800","version":"1"}'],
    ['both sources', '{"model":"acme/x","version":"1","source":{"root":"a","path":"b","upload":"c"}}'],
    [
      'a name of HTML',
      '{"model":"acme/<script>alert(1)</script>","version":"1","source":{"root":"models","path":"x"}}',
    ],
  ])('with %s is MALFORMED', async (_, body) => {
    const answer = await post(body);
    expect({ status: answer.status, outcome: answer.body.outcome }).toEqual({ status: 400, outcome: 'MALFORMED' });
    expect(JSON.stringify(answer.body)).not.toContain('<script>');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it.each([
    ['is too large', ' '.repeat(64 * 1024 + 1)],
    ['is too deep', '['.repeat(2000)],
  ])('that %s is LIMIT', async (_, body) => {
    const { status, body: problem } = await post(body);
    expect({ status, outcome: problem.outcome }).toEqual({ status: 413, outcome: 'LIMIT' });
  });

  it('that grows without end is LIMIT', async () => {
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000).fill(32)) });
    const answer = house.ask('POST', '/v1/releases', 'admin', {
      body: endless,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit);
    expect(await answer.catch(() => ({ status: 413 }))).toMatchObject({ status: 413 });
  });

  it.each<[string, BodyInit, Record<string, string>]>([
    ['of another type', `{${GOOD}}`, { 'content-type': 'text/plain' }],
    ['that is compressed', gzipSync(`{${GOOD}}`), { 'content-encoding': 'gzip' }],
  ])('%s is 415', async (_, body, headers) => expect((await post(body, headers)).status).toBe(415));
});

describe('a request', () => {
  it.each([
    '/v1/releases?limit=0',
    '/v1/releases?limit=1&limit=2',
    '/v1/releases?other=1',
    '/v1/chain?x',
    '/v1/jobs?state=x',
  ])('with a bad query is MALFORMED: %s', async (path) => {
    const { status, body } = await house.ask('GET', path, 'read');
    expect({ status, outcome: body.outcome }).toEqual({ status: 400, outcome: 'MALFORMED' });
  });

  it.each(['/v1/namespaces/..', '/v1/namespaces/%2e%2e%2fx', '/v1/namespaces/A', '/v1/namespaces/%ff', '/v1/jobs/%00'])(
    'with a bad path is refused: %s',
    async (path) => expect([400, 404]).toContain((await house.ask('GET', path, 'read')).status),
  );

  it('with a long URL is refused, and one with long headers', async () => {
    expect((await house.ask('GET', `/v1/releases?after=${'a'.repeat(15_000)}`, 'read')).status).toBe(414);
    expect((await house.ask('GET', '/v1/releases', 'read', { headers: { x: 'a'.repeat(40_000) } })).status).toBe(431);
  });

  it.each([
    ['two lengths', 'POST /v1/releases HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    [
      'a length and chunks',
      'POST /v1/releases HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['a bare line feed', 'GET /healthz HTTP/1.1\nHost: x\n\n'],
  ])('that is smuggled, with %s, is refused', async (_, text) => expect(await raw(text)).toMatch(/^HTTP\/1\.1 400 /));

  it('is answered with headers that keep browsers out, and without those that force TLS', async () => {
    const { headers } = await house.ask('GET', '/healthz', undefined);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src 'self'/);
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.has('strict-transport-security')).toBe(false);
    expect(headers.has('x-powered-by')).toBe(false);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is one of too many', async () => {
    const busy = await new ServedHouse().start({}, 3);
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await busy.ask('GET', '/healthz', undefined)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await busy.ask('GET', '/healthz', undefined)).body).toMatchObject({ outcome: 'LIMIT', status: 429 });
    await busy.stop();
  });
});

describe('parts that cannot be reached', () => {
  it('a chain: 503, and then 200 again', async () => {
    house.house.chain.unreachable = true;
    expect((await house.ask('GET', '/readyz', undefined)).status).toBe(503);
    const { status, body } = await house.ask('GET', '/v1/namespaces/acme', 'read');
    expect({ status, outcome: body.outcome }).toEqual({ status: 503, outcome: 'UNVERIFIABLE' });
    expect((await house.ask('GET', '/healthz', undefined)).status).toBe(200);
    house.house.chain.unreachable = false;
    expect((await house.ask('GET', '/v1/namespaces/acme', 'read')).status).toBe(200);
  });

  it('a queue that hangs: 503 within 3 s', async () => {
    const never = () => new Promise<never>(() => {});
    const hung = await new ServedHouse().start();
    await hung.stop();
    const queue = {
      ...hung.queue,
      location: 'redis://x',
      add: never,
      get: never,
      probe: never,
      work: async () => ({ close: async () => {} }),
    };
    const other = await new ServedHouse().start({ queue: queue as never });
    await other.house.claim();
    const started = performance.now();
    const json = { model: 'acme/pilot-llm', version: '1', source: { root: 'models', path: 'pilot' } };
    const answers = await Promise.all([
      other.ask('POST', '/v1/releases', 'register', { json }),
      other.ask('GET', '/v1/jobs/x', 'read'),
      other.ask('GET', '/readyz', undefined),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(performance.now() - started).toBeLessThan(3_000);
    await other.stop();
  });

  it('a fault of ours tells nothing of its inside', async () => {
    const broken = await new ServedHouse().start({
      seal: async () => {
        throw new Error('the secret is 42');
      },
    });
    await broken.house.claim();
    await broken.register();
    const { status, body } = await broken.ask('GET', '/v1/releases/acme/pilot-llm/1.0.0/bundle', 'read');
    expect({ status, outcome: body.outcome }).toEqual({ status: 500, outcome: 'INTERNAL' });
    expect(JSON.stringify(body)).not.toContain('42');
    await broken.stop();
  });
});
