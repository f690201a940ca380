import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, startWeighbridge } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { until } from '../support/hold-lock.js';
import { otaWorld, type OtaWorld } from '../support/ota.js';
import { PILOT_1, PILOT_2, prepared } from '../support/sandbox.js';
import { withFault } from '../support/strace.js';

let ota: OtaWorld;
beforeAll(async () => {
  ota = await otaWorld();
}, 300_000);

/** strace counts calls by thread. */
const ONE_THREAD = { UV_THREADPOOL_SIZE: '1' };
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

describe('the program', () => {
  test('gets what it may load, and nothing else of our settings', async () => {
    const device = ota.device('one');
    mkdirSync(device.box.at('cwd'));
    const env = {
      WEIGHBRIDGE_HOME: device.home,
      WEIGHBRIDGE_PASSPHRASE_FILE: '/nowhere',
      WEIGHBRIDGE_REDIS_URL: 'redis://127.0.0.1:1',
      OTHER: 'stays',
    };
    const line = device.bootLine('--', 'sh', '-c', 'pwd; env | grep -E "^(WEIGHBRIDGE_|OTHER)" | sort');
    const { stdout, exit } = await startWeighbridge(line, { json: false, cwd: device.box.at('cwd'), env }).ended;
    expect(exit).toBe(0);
    const [digest] = Object.values<Record<string, string>>(read(device.at('state.json')).slots).map(
      (s) => s.releaseDigest,
    );
    expect(stdout.trim().split('\n')).toEqual([
      device.box.at('cwd'),
      'OTHER=stays',
      `WEIGHBRIDGE_HOME=${device.home}`,
      `WEIGHBRIDGE_MODEL_DIR=${device.at('a')}`,
      `WEIGHBRIDGE_RELEASE=${PILOT_1}`,
      `WEIGHBRIDGE_RELEASE_DIGEST=${digest}`,
    ]);
  });

  test('has its words as they are, stdin, stdout and stderr; stdout is its own alone', async () => {
    const device = ota.device('one');
    const words = ['printf', '%s|', '--json', '-h', '--', '--home', 'x y', ''];
    for (const more of [[], ['--json'], ['--quiet']])
      expect((await device.run(words, more)).stdout).toBe('--json|-h|--|--home|x y||');
    const { stdout, stderr } = await device.run(['sh', '-c', 'echo to-err >&2; cat'], ['--quiet']);
    expect([stdout, stderr]).toEqual(['', 'to-err\n']);
  });

  test.each([0, 1, 2, 10, 255])('its exit code %i is the exit code', async (code) => {
    const device = ota.device('one');
    const { exit, stdout } = await device.run(['sh', '-c', `exit ${code}`], ['--verdict', device.box.at('v')]);
    expect([exit, stdout, read(device.box.at('v')).outcome]).toEqual([code, '', 'OK']);
  });

  test('a signal n that ends it is 128 + n', async () => {
    const device = ota.device('one');
    for (const [name, exit] of [
      ['KILL', 137],
      ['TERM', 143],
      ['INT', 130],
    ] as const)
      expect((await device.run(['sh', '-c', `kill -${name} $$`])).exit).toBe(exit);
  });

  test('gets signals that are sent to us, and decides', async () => {
    const device = ota.device('one');
    for (const [name, trapped, exit] of [
      ['SIGTERM', 'trap "exit 7" TERM', 7],
      ['SIGINT', 'trap "exit 8" INT', 8],
      ['SIGHUP', 'trap "exit 9" HUP', 9],
      ['SIGTERM', ':', 143],
    ] as const) {
      const ready = device.box.at(`ready-${name}-${exit}`);
      const { child, ended } = device.start(['sh', '-c', `${trapped}; touch ${ready}; while :; do sleep 0.05; done`]);
      await until(() => existsSync(ready));
      child.kill(name);
      expect((await ended).exit, name).toBe(exit);
    }
  });

  test('may use the slots: no lock is held', async () => {
    const device = ota.device('trial-2');
    const confirm = ['sh', '-c', `"$0" --home "$1" ota confirm --slots "$2" --lock-timeout 0s`];
    const { BIN } = await import('../support/child.js');
    const { exit, stdout } = await device.run([...confirm, BIN, device.home, device.slots]);
    expect([exit, stdout]).toEqual([0, expect.stringContaining(PILOT_2)]);
    expect((await device.status()).active.state).toBe('confirmed');
  });

  test('USAGE: it cannot be started, or stands without --; the verdict says so', async () => {
    const device = ota.device('one');
    writeFileSync(device.box.at('text'), 'no program');
    for (const program of [device.box.at('none'), device.box.at('text'), device.slots, '']) {
      const line = device.bootLine('--verdict', device.box.at('v'), '--', program);
      await expectOutcome('USAGE', line, { home: device.home });
      expect(read(device.box.at('v'))).toMatchObject({ outcome: 'USAGE', hint: expect.stringMatching(/./) });
    }
    await expectOutcome('USAGE', device.bootLine('touch', device.box.at('ran')), { home: device.home });
    expect(existsSync(device.box.at('ran'))).toBe(false);
  });

  test('never starts without an OK', async () => {
    const device = ota.device('one');
    flipByte(device.at('a/model.safetensors'), 5);
    const touch = ['touch', device.box.at('ran')];
    for (const more of [[], ['--quiet']]) {
      const { exit, stdout, stderr } = await device.run(touch, more);
      expect([exit, stdout]).toEqual([10, '']);
      expect(stderr).toMatch(/^TAMPERED: model\.safetensors/);
    }
    const { answer } = await expectOutcome('TAMPERED', device.bootLine('--', ...touch), { home: device.home });
    expect(answer).toMatchObject({ file: 'model.safetensors', chunk: 0, release: PILOT_1, slot: 'a' });
    expect(existsSync(device.box.at('ran'))).toBe(false);
  });

  test('a signal before it starts: 143 or 130, nothing on stdout, and it never starts', async () => {
    const device = ota.device('one');
    const slow = withFault('pread64', 'pread64:delay_enter=400000');
    const verdict = device.box.at('v');
    writeFileSync(verdict, 'of an earlier boot');
    const line = device.bootLine('--verdict', verdict, '--', 'touch', device.box.at('ran'));
    const { child, ended } = startWeighbridge(line, { home: device.home, under: slow });
    await until(() => !existsSync(verdict));
    const [node] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
    expect(node).toBeGreaterThan(1);
    process.kill(node!, 'SIGTERM');
    expect(await ended).toMatchObject({ exit: 143, stdout: '' });
    expect([existsSync(device.box.at('ran')), existsSync(device.box.at('v'))]).toEqual([false, false]);
  });
});

describe('--verdict', () => {
  test('is of this boot: what was there is gone first, a refusal is written too', async () => {
    const device = ota.device('one');
    const path = device.box.at('verdict.json');
    writeFileSync(path, '{"outcome":"OK"}');
    const { answer } = await expectOutcome('OK', device.bootLine('--verdict', path), { home: device.home });
    expect(read(path)).toEqual(answer);
    flipByte(device.at('a/config.json'), 0);
    const refused = await expectOutcome('TAMPERED', device.bootLine('--verdict', path), { home: device.home });
    expect(read(path)).toEqual(refused.answer);
    await expectOutcome('USAGE', device.bootLine('--verdict', path, '--bundle', '/nowhere'), { home: device.home });
    expect(read(path).outcome).toBe('USAGE');
    await expectOutcome('USAGE', ['boot', '--slots', '/nowhere', '--verdict', path], { home: device.home });
    expect(read(path).outcome).toBe('USAGE');
  });

  test('tells a program that exits with 10 from TAMPERED', async () => {
    const device = ota.device('one');
    const path = device.box.at('v');
    expect((await device.run(['sh', '-c', 'exit 10'], ['--verdict', path])).exit).toBe(10);
    expect(read(path).outcome).toBe('OK');
  });

  test('USAGE into a missing folder or onto a folder, IO where it cannot be written; nothing starts', async () => {
    const device = ota.device('one');
    const touch = ['--', 'touch', device.box.at('ran')];
    for (const path of [device.box.at('none/v'), device.slots])
      await expectOutcome('USAGE', device.bootLine('--verdict', path, ...touch), { home: device.home });
    // the first name that is given is that of the memory
    const under = withFault('rename', 'rename:error=EIO:when=2');
    const line = device.bootLine('--verdict', device.box.at('v'), ...touch);
    await expectOutcome('IO', line, { home: device.home, under, env: ONE_THREAD });
    expect(existsSync(device.box.at('ran'))).toBe(false);
  });
});

test('boot without a program says what may be loaded', async () => {
  const device = ota.device('two');
  const { answer } = await expectOutcome('OK', device.bootLine('--offline'), { home: device.home });
  expect(answer).toMatchObject({
    release: PILOT_2,
    slot: 'b',
    path: device.at('b'),
    anchor: 'witness',
    files: 5,
    development: true,
    triesLeft: 0,
  });
  chmodSync(device.at('a'), 0o755);
  await expectOutcome('OK', ['boot', '--slots', device.slots, '--trust', prepared.trust], { home: device.home });
});
