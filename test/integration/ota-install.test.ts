import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, startWeighbridge, weighbridge } from '../support/command-line.js';
import { edit, flipByte } from '../support/damage.js';
import { contentOf } from '../support/delta.js';
import { fakeTime } from '../support/fake-time.js';
import { holdLock } from '../support/hold-lock.js';
import { type Device, otaWorld, type OtaWorld } from '../support/ota.js';
import { PILOT_1, PILOT_2, PILOT_3, prepared, sandbox } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';
import { withFault } from '../support/strace.js';

let ota: OtaWorld;
beforeAll(async () => {
  ota = await otaWorld();
}, 300_000);

const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);

/** All that the slots hold; a lock that came and went leaves its time on the folder itself. */
function contentAndTimes(device: Device): Record<string, string> {
  const { '.': _, ...inside } = snapshot(device.slots);
  return inside;
}

/** That a package is refused and the slots stay byte for byte what they are. */
async function refused(
  outcome: Parameters<typeof expectOutcome>[0],
  device: Device,
  pack: string,
  options: object = {},
) {
  const before = contentAndTimes(device);
  const { answer } = await expectOutcome(outcome, device.installLine(pack), { home: device.home, ...options });
  expect(contentAndTimes(device)).toEqual(before);
  return answer;
}

function sameAsModel(slot: string, model: string): void {
  const { ...files } = contentOf(slot);
  for (const name of Object.keys(files)) if (name.startsWith('.weighbridge/')) delete files[name];
  expect(files).toEqual(contentOf(prepared.model(model)));
}

describe('ota install', () => {
  test('a full package into empty slots, on trial', async () => {
    const device = ota.device('none');
    const line = device.installLine(ota.pack('full-1'), '--tries', '2');
    const { answer } = await expectOutcome('OK', line, { home: device.home });
    expect(answer).toMatchObject({ release: PILOT_1, slot: 'a', state: 'trial', triesLeft: 2, changed: true });
    expect(namesIn(device.slots)).toEqual(['a', 'state.json']);
    sameAsModel(device.at('a'), 'pilot-1');
    expect(namesIn(device.at('a/.weighbridge'))).toEqual(['bundle.json', 'leaves', 'manifest.json']);
    for (const name of readdirSync(device.at('a'), { recursive: true, encoding: 'utf8' }))
      if (lstatSync(device.at('a', name)).isFile()) expect(statSync(device.at('a', name)).nlink).toBe(1);
    expect(existsSync(join(device.home, 'device-state.json'))).toBe(false);
    await expectOutcome('OK', ['verify', device.at('a'), '--trust', prepared.trust], { home: device.home });
  });

  test.each(['1-2', 'full-2'])(
    'the package %s into the slot that is not active; the same again changes nothing',
    async (name) => {
      const device = ota.device('one');
      const before = snapshot(device.at('a'));
      const line = device.installLine(ota.pack(name));
      const { answer } = await expectOutcome('OK', line, { home: device.home });
      expect(answer).toMatchObject({ release: PILOT_2, slot: 'b', triesLeft: 3 });
      sameAsModel(device.at('b'), 'pilot-2');
      expect(snapshot(device.at('a'))).toEqual(before);
      const installed = contentAndTimes(device);
      for (const again of ['1-2', 'full-2']) {
        const second = await expectOutcome('OK', device.installLine(ota.pack(again)), { home: device.home });
        expect(second.answer).toMatchObject({ changed: false, release: PILOT_2, slot: 'b' });
      }
      expect(contentAndTimes(device)).toEqual(installed);
    },
  );

  test('a delta upon a delta, into the slot of the release before the last', async () => {
    const device = ota.device('two');
    await expectOutcome('OK', device.installLine(ota.pack('2-3')), { home: device.home });
    sameAsModel(device.at('a'), 'pilot-3');
    expect(await device.status()).toMatchObject({
      active: { slot: 'a', release: PILOT_3, state: 'trial' },
      other: { slot: 'b', release: PILOT_2, state: 'confirmed' },
    });
  });

  test('other entries of the slots folder are never read and never removed', async () => {
    const device = ota.device('one');
    mkdirSync(device.at('c'));
    execFileSync('mkfifo', [device.at('fifo')]);
    writeFileSync(device.at('.other.0123456789abcdef.tmp'), 'x');
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home });
    expect(namesIn(device.slots)).toEqual(['.other.0123456789abcdef.tmp', 'a', 'b', 'c', 'fifo', 'state.json']);
  });

  test('needs no network', async () => {
    const device = ota.device('one');
    const under = ['unshare', '-n'];
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home, under });
  });

  test('text tells what to do next', async () => {
    const device = ota.device('none');
    const { stdout } = await weighbridge(device.installLine(ota.pack('full-1')), { home: device.home, json: false });
    expect(stdout).toContain(`installed ${PILOT_1} into slot a, on trial for 3 boots`);
    expect(stdout).toContain('ota confirm');
  });
});

describe('ota install refuses, and nothing is changed', () => {
  test('USAGE: another package while one is on trial, flags that are none', async () => {
    const device = ota.device('trial-2');
    for (const pack of ['full-1', '2-3']) await refused('USAGE', device, ota.pack(pack));
    for (const more of [
      ['--tries', '0'],
      ['--tries', 'x'],
      ['--tries', '1001'],
      ['--state', 'none'],
    ])
      await expectOutcome('USAGE', device.installLine(ota.pack('1-2'), ...more), { home: device.home });
    await expectOutcome('USAGE', ['ota', 'install', ota.pack('1-2')], { home: device.home });
  });

  test('USAGE: no such file, a folder; a first install that is refused leaves no slots', async () => {
    const device = ota.device('none');
    for (const pack of [device.box.at('none'), prepared.model('tiny')]) await refused('USAGE', device, pack);
    for (const [outcome, pack] of [
      ['MALFORMED', prepared.trust],
      ['UNVERIFIABLE', ota.pack('plain')],
    ] as const)
      await refused(outcome, device, pack);
    expect(existsSync(device.slots)).toBe(false);
  });

  test('USAGE: slots that others may write to', async () => {
    const device = ota.device('one');
    for (const path of ['.', 'a', 'a/config.json', 'state.json', 'a/.weighbridge/bundle.json']) {
      const { mode } = statSync(device.at(path));
      chmodSync(device.at(path), mode | 0o020);
      expect((await refused('USAGE', device, ota.pack('1-2'))).file).toContain('slots');
      chmodSync(device.at(path), mode);
    }
  });

  test('MALFORMED or TAMPERED: any damage of the package', async () => {
    const device = ota.device('one');
    const box = sandbox();
    const { size } = statSync(ota.pack('1-2'));
    for (const at of [0, 9, 40, 200, size >> 1, size - 1]) {
      const pack = box.copy(ota.pack('1-2'), `flipped-${at}`);
      flipByte(pack, at);
      const { outcome } = (await weighbridge(device.installLine(pack), { home: device.home })).answer;
      expect(['MALFORMED', 'TAMPERED', 'UNTRUSTED', 'WRONG_ARTIFACT', 'LIMIT'], `byte ${at}`).toContain(outcome);
      expect(existsSync(device.at('b'))).toBe(false);
    }
    for (const [outcome, change] of [
      ['MALFORMED', (bytes: Buffer) => bytes.subarray(0, 100)],
      ['MALFORMED', () => Buffer.alloc(0)],
      ['TAMPERED', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])])],
    ] as const) {
      const pack = box.copy(ota.pack('1-2'), 'spoiled');
      edit(pack, change);
      await refused(outcome, device, pack);
      rmSync(pack);
    }
  });

  test('WRONG_ARTIFACT: a delta into empty slots, from another base, from a damaged one', async () => {
    const empty = ota.device('none');
    await refused('WRONG_ARTIFACT', empty, ota.pack('1-2'));
    const device = ota.device('one');
    await refused('WRONG_ARTIFACT', device, ota.pack('2-3'));
    flipByte(device.at('a/model.safetensors'), 77);
    await refused('WRONG_ARTIFACT', device, ota.pack('1-2'));
    // what mends it is a full package
    await expectOutcome('OK', device.installLine(ota.pack('full-1')), { home: device.home });
    expect((await device.status()).active).toMatchObject({ slot: 'b', release: PILOT_1, state: 'trial' });
  });

  test('ROLLBACK: below what was confirmed', async () => {
    await refused('ROLLBACK', ota.device('two'), ota.pack('full-1'));
    await refused('ROLLBACK', ota.device('two'), ota.pack('full-1'));
  });

  test('UNVERIFIABLE: a package between plain folders, whatever is trusted; a damaged memory', async () => {
    const device = ota.device('one');
    await refused('UNVERIFIABLE', device, ota.pack('plain'));
    const line = ['ota', 'install', ota.pack('plain'), '--slots', device.slots];
    await expectOutcome('UNVERIFIABLE', line, { home: device.home });
    for (const path of [device.at('state.json'), join(device.home, 'device-state.json')]) {
      const bytes = readFileSync(path);
      flipByte(path, 30);
      await refused('UNVERIFIABLE', device, ota.pack('1-2'));
      rmSync(path);
      await refused('UNVERIFIABLE', device, ota.pack('1-2'));
      writeFileSync(path, bytes);
    }
  });

  test('UNTRUSTED: nothing is trusted; STALE: an old package; REVOKED: one that was seen revoked', async () => {
    const device = ota.device('one');
    const line = ['ota', 'install', ota.pack('1-2'), '--slots', device.slots];
    await expectOutcome('UNTRUSTED', line, { home: device.home });
    await refused('STALE', device, ota.pack('1-2'), { under: fakeTime(now() + 31 * DAY) });
    const two = ota.device('two');
    const boot = two.bootLine('--bundle', ota.bundle('2-revoked'));
    await expectOutcome('OK', boot, { home: two.home });
    await refused('REVOKED', two, ota.pack('full-2'));
  });

  test('IO: a package that is cut off by the disk, slots in a read-only place', async () => {
    const device = ota.device('one');
    const under = withFault('pwrite64,write', `pwrite64:error=ENOSPC`);
    await expectOutcome('IO', device.installLine(ota.pack('1-2')), { home: device.home, under });
    await expectOutcome('OK', device.bootLine(), { home: device.home });
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home });
    sameAsModel(device.at('b'), 'pilot-2');
  });

  test('BUSY: two updaters at once; one wins', async () => {
    const device = ota.device('one');
    const holder = await holdLock(device.at('install.lock'), device.installLine(ota.pack('1-2')), device.home);
    await expectOutcome('BUSY', device.installLine(ota.pack('full-2'), '--lock-timeout', '0s'), { home: device.home });
    await expectOutcome('OK', device.bootLine(), { home: device.home });
    holder.kill();
    await holder.ended;
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home });
    expect(namesIn(device.slots)).toEqual(['a', 'b', 'state.json']);
  });
});

/** strace counts calls by thread. */
const ONE_THREAD = { UV_THREADPOOL_SIZE: '1' };
/** So many in every run; `OTA_KILLS=100` for more. */
const KILLS = Number(process.env.OTA_KILLS ?? 12);

test(`killed at ${KILLS} points of an install, the old or the new release boots, and the same command completes it`, {
  timeout: 600_000,
}, async () => {
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const device = ota.device('one');
    const call = ['fsync', 'fdatasync', 'rename', 'unlink'][kill % 4]!;
    const nth = 1 + Math.floor(kill / 4) * 3;
    const trace = `trace=${call}`;
    const under = [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      trace,
      '-e',
      `inject=${call}:signal=KILL:when=${nth}`,
    ];
    const options = { home: device.home, under, env: ONE_THREAD };
    const { signal } = await startWeighbridge(device.installLine(ota.pack('1-2')), options).ended;
    if (signal === 'SIGKILL') killed += 1;
    const booted = await expectOutcome('OK', device.bootLine(), { home: device.home });
    expect([PILOT_1, PILOT_2], `${call} ${nth}`).toContain(booted.answer.release);
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home });
    const { answer } = await expectOutcome('OK', device.bootLine(), { home: device.home });
    expect(answer.release, `${call} ${nth}`).toBe(PILOT_2);
    expect(namesIn(device.slots)).toEqual(['a', 'b', 'state.json']);
  }
  console.log(`ota install: ${killed} of ${KILLS} runs were killed, 0 lost`);
  expect(killed).toBeGreaterThan(KILLS / 3);
});
