import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, startWeighbridge, weighbridge } from '../support/command-line.js';
import { verifyOffline } from '../support/device.js';
import { holdLock, until } from '../support/hold-lock.js';
import { PILOT_1, PILOT_3, prepared, sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

const register = (version: string) => [
  'register',
  prepared.model('tiny'),
  '--model',
  'acme/locks',
  '--version',
  version,
];

describe('the lock of a home', () => {
  test('BUSY for every other writer, after the time that it was given; readers never wait', async () => {
    const box = sandbox();
    const home = box.publisher();
    const holder = await holdLock(`${home}/lock`, ['key', 'new', 'slow'], home);
    const at0 = ['--lock-timeout', '0s'];
    const started = performance.now();
    await expectOutcome('BUSY', ['key', 'new', 'quick', '--lock-timeout', '1s'], { home });
    expect(performance.now() - started).toBeGreaterThan(1000);
    const writers = [
      ['namespace', 'claim', 'second'],
      register('1'),
      ['approve', PILOT_3, '--as', 'bob'],
      ['require', PILOT_1],
      ['revoke', PILOT_1, '--reason', 'recalled'],
      ['bundle', 'export', PILOT_1, '-o', box.at('bundle')],
      ['trust', 'export', '-o', box.at('trust')],
      ['trust', 'import', prepared.trust],
    ];
    for (const line of writers) await expectOutcome('BUSY', [...line, ...at0], { home });
    expect(namesIn(box.folder)).toEqual(['publisher']);
    const readers = [
      ['key', 'list'],
      ['list'],
      ['show', PILOT_1],
      ['verify', prepared.model('pilot-1'), '--release', PILOT_1],
    ];
    for (const line of readers) await expectOutcome('OK', [...line, ...at0], { home });
    expect(existsSync(`${home}/lock`), 'it was held all the time').toBe(true);
    holder.kill();
    expect((await holder.ended).stdout).toBe('');
    await expectOutcome('OK', ['key', 'new', 'quick'], { home });
    expect(namesIn(home)).not.toContain('lock');
  });

  test('a second writer waits, and both are done', async () => {
    const box = sandbox();
    const home = box.publisher();
    const lines = [
      register('1'),
      ['approve', PILOT_3, '--as', 'bob'],
      ['key', 'new', 'carol'],
      ['approve', PILOT_3, '--as', 'alice'],
    ];
    const ends = await Promise.all(lines.map((line) => startWeighbridge(line, { home }).ended));
    expect(ends.map(({ exit }) => exit)).toEqual([0, 0, 0, 0]);
    const shown = await expectOutcome('OK', ['show', PILOT_3], { home });
    expect(shown.answer.approvals).toHaveLength(2);
    await expectOutcome('OK', ['show', 'acme/locks@1'], { home });
    expect(namesIn(home)).not.toContain('lock');
  });

  test('one of two that register one version does it, the other finds it done', async () => {
    const box = sandbox();
    const home = box.publisher();
    const ends = await Promise.all(
      [register('1'), register('1')].map((line) => startWeighbridge(line, { home }).ended),
    );
    const created = ends.map(({ stdout }) => JSON.parse(stdout).created).sort();
    expect(created).toEqual([false, true]);
    expect((await expectOutcome('OK', ['show', 'acme/locks@1'], { home })).answer.versionCode).toBe(1);
    const { versionCode } = (await expectOutcome('OK', register('2'), { home })).answer;
    expect(versionCode).toBe(2);
  });

  test('what a killed writer left is taken over at once', async () => {
    const box = sandbox();
    const home = box.publisher();
    const { child, ended } = startWeighbridge(register('1'), { home });
    await until(() => existsSync(`${home}/lock`));
    child.kill('SIGKILL');
    await ended;
    const started = performance.now();
    await expectOutcome('OK', ['key', 'new', 'carol', '--lock-timeout', '0s'], { home });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(namesIn(home)).not.toContain('lock');
  });
});

describe('the lock of a device state', () => {
  test('BUSY while another verification keeps its state', async () => {
    const box = sandbox();
    const home = box.at('device');
    await weighbridge(verifyOffline(prepared.model('tiny'), { bundle: prepared.bundle('tiny') }), {
      home,
      json: false,
    });
    const state = readFileSync(`${home}/device-state.json`, 'utf8');
    const holder = await holdLock(`${home}/device-state.json.lock`, verifyOffline(prepared.model('pilot-1')), home);
    await expectOutcome('BUSY', verifyOffline(prepared.model('pilot-1'), {}, '--lock-timeout', '0s'), { home });
    const named = [
      ...verifyOffline(prepared.model('pilot-1')),
      '--state',
      `${home}/device-state.json`,
      '--lock-timeout',
      '0s',
    ];
    await expectOutcome('BUSY', named, { home: box.at('other') });
    await expectOutcome('OK', verifyOffline(prepared.model('pilot-1'), {}, '--state', 'none'), { home });
    holder.kill();
    await holder.ended;
    expect(readFileSync(`${home}/device-state.json`, 'utf8')).toBe(state);
  });
});

test('BUSY: a file that somebody writes while it is read', async () => {
  const box = sandbox();
  const file = box.at('growing.bin');
  writeFileSync(file, Buffer.alloc(60_000_000));
  const { ended } = startWeighbridge(['--progress', 'json', 'digest', file]);
  const writer = setInterval(() => writeFileSync(file, 'x', { flag: 'a' }), 20);
  const { stdout } = await ended.finally(() => clearInterval(writer));
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'BUSY', hint: expect.any(String) });
});
