import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, startWeighbridge, weighbridge } from '../support/command-line.js';
import { until } from '../support/hold-lock.js';
import { orphansOf } from '../support/orphans.js';
import { openSandbox, PILOT_3, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';
import { withFault } from '../support/strace.js';

const GIB = 1024 ** 3;

/** A model that takes a while to read, and no room. */
function makeHuge(box: Sandbox): string {
  mkdirSync(box.at('huge'));
  writeFileSync(box.at('huge/weights.bin'), 'w');
  truncateSync(box.at('huge/weights.bin'), 20 * GIB);
  return box.at('huge');
}

/** A home with an approved release that takes a while to verify. */
let large: Sandbox;
beforeAll(async () => {
  large = openSandbox();
  const options = { home: large.publisher(), json: false };
  const model = large.model('tiny', 'large');
  truncateSync(`${model}/weights.bin`, 400_000_000);
  await weighbridge(['register', model, '--model', 'acme/large', '--version', '1'], options);
  await weighbridge(['approve', 'acme/large@1', '--as', 'alice'], options);
});
afterAll(() => rmSync(large.folder, { recursive: true, force: true }));

const leftovers = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|(^|\/)lock|\.lock/.test(name));

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (signal, code) => {
  test('in a long digest: nothing on stdout, soon over', async () => {
    const box = sandbox();
    for (const json of [true, false]) {
      const folder = existsSync(box.at('huge')) ? box.at('huge') : makeHuge(box);
      const { child, ended } = startWeighbridge(['digest', folder, '--progress', 'json'], {
        json,
        home: box.at('home'),
      });
      await new Promise((progress) => child.stderr!.once('data', progress));
      const sent = performance.now();
      child.kill(signal);
      const { exit, stdout } = await ended;
      expect([exit, stdout]).toEqual([code, '']);
      expect(performance.now() - sent).toBeLessThan(10_000);
    }
    expect(existsSync(box.at('home'))).toBe(false);
  });

  test('in a long register: nothing registered, nothing half-written, no process left', async () => {
    const box = sandbox();
    const home = box.publisher();
    const line = ['register', makeHuge(box), '--model', 'acme/huge', '--version', '1', '--progress', 'json'];
    const { child, ended } = startWeighbridge(line, { home });
    await new Promise((progress) => child.stderr!.once('data', progress));
    child.kill(signal);
    const { exit, stdout } = await ended;
    expect([exit, stdout]).toEqual([code, '']);
    expect(orphansOf(home)).toEqual([]);
    expect(leftovers(home)).toEqual([]);
    await expectOutcome('UNVERIFIABLE', ['show', 'acme/huge@1'], { home });
  });

  test('at any time of an approval: all or nothing', async () => {
    const box = sandbox();
    const home = box.publisher();
    for (const delay of [150, 500, 900]) {
      const { child, ended } = startWeighbridge(['approve', PILOT_3, '--as', 'bob'], { home });
      await sleep(delay);
      child.kill(signal);
      const { exit, signal: killedBy, stdout } = await ended;
      if (exit === 0) expect(JSON.parse(stdout).outcome).toBe('OK');
      // one that comes while Node.js itself still starts ends it as it would end any program
      else expect([killedBy === signal ? code : exit, stdout]).toEqual([code, '']);
      expect(orphansOf(home)).toEqual([]);
      expect(leftovers(home)).toEqual([]);
    }
    const { answer } = await expectOutcome('OK', ['approve', PILOT_3, '--as', 'bob'], { home });
    expect(answer).toMatchObject({ status: 'approved', approvals: [{ name: 'bob' }] });
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in a long verify: nothing kept', async (signal, code) => {
  const line = [
    'verify',
    large.at('large'),
    '--release',
    'acme/large@1',
    '--state',
    large.at('state'),
    '--progress',
    'json',
  ];
  const { child, ended } = startWeighbridge(line, { home: large.at('publisher') });
  await new Promise((progress) => child.stderr!.once('data', progress));
  child.kill(signal);
  const { exit, stdout } = await ended;
  expect([exit, stdout]).toEqual([code, '']);
  expect(existsSync(large.at('state'))).toBe(false);
  expect(orphansOf(large.at('publisher'))).toEqual([]);
});

describe('SIGKILL', () => {
  test('at any moment of a register: done again, there is exactly one registration', async () => {
    const box = sandbox();
    const home = box.publisher();
    const line = ['register', prepared.model('pilot-2'), '--model', 'acme/killed', '--version', '1'];
    for (const delay of [300, 600, 800, 1000, 1300]) {
      const { child, ended } = startWeighbridge(line, { home });
      await sleep(delay);
      child.kill('SIGKILL');
      await ended;
      await until(() => orphansOf(home).length === 0);
    }
    const { answer } = await expectOutcome('OK', line, { home });
    expect(answer.versionCode).toBe(1);
    await expectOneRegistration(home, String(answer.releaseDigest));
  });

  test.each([1, 2, 3, 4, 5, 6])('at rename %i of a register: likewise', async (when) => {
    const box = sandbox();
    const home = box.publisher();
    const line = ['register', prepared.model('tiny'), '--model', 'acme/killed', '--version', '1'];
    const strace = withFault('rename', `rename:signal=SIGKILL:when=${when}`);
    await startWeighbridge(line, { home, under: strace, env: { UV_THREADPOOL_SIZE: '1' } }).ended;
    await until(() => orphansOf(home).length === 0);
    const { answer } = await expectOutcome('OK', line, { home });
    expect(answer.versionCode).toBe(1);
    await expectOneRegistration(home, String(answer.releaseDigest));
  });

  async function expectOneRegistration(home: string, releaseDigest: string): Promise<void> {
    const { releases } = (await expectOutcome('OK', ['list'], { home })).answer as {
      releases: Record<string, unknown>[];
    };
    const ours = releases.filter(({ release }) => String(release).startsWith('acme/killed@'));
    expect(ours).toMatchObject([{ release: 'acme/killed@1', versionCode: 1, releaseDigest }]);
    const next = ['register', prepared.model('tiny'), '--model', 'acme/killed', '--version', '2', '--dry-run'];
    expect((await expectOutcome('OK', next, { home })).answer.versionCode).toBe(2);
    expect(namesIn(home)).not.toContain('lock');
  }
});

test('a reader that stops early is no fault', async () => {
  const { exit } = await startWeighbridge(['show', 'acme/pilot@1.0.0'], {
    home: prepared.home,
    json: false,
    under: ['sh', '-c', '"$@" | head -c 1; exit 0', 'sh'],
  }).ended;
  expect(exit).toBe(0);
  const { stderr } = await weighbridge(['list'], { home: prepared.home });
  expect(stderr).toBe('');
});
