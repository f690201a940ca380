import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { otaWorld, type OtaWorld } from '../support/ota.js';
import { PILOT_1, PILOT_2 } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';

let ota: OtaWorld;
beforeAll(async () => {
  ota = await otaWorld();
}, 300_000);

const memoryOf = (home: string) => JSON.parse(readFileSync(join(home, 'device-state.json'), 'utf8'));

describe('ota status', () => {
  test('says what both slots hold, and changes nothing', async () => {
    const device = ota.device('trial-2');
    const before = snapshot(device.box.folder);
    const answer = await device.status();
    const { outcome, message, ...members } = answer;
    expect(outcome).toBe('OK');
    expect(message).toContain(PILOT_2);
    const digest = expect.stringMatching(/^[0-9a-f]{128}$/);
    expect(members).toEqual({
      active: { slot: 'b', release: PILOT_2, releaseDigest: digest, state: 'trial' },
      other: { slot: 'a', release: PILOT_1, releaseDigest: digest, state: 'confirmed' },
      triesLeft: 3,
      reason: null,
    });
    expect(snapshot(device.box.folder)).toEqual(before);
    const text = await weighbridge(device.line('status'), { home: device.home, json: false });
    expect(text.stdout.split('\n').slice(0, 2)).toEqual([
      `active  b  trial      ${PILOT_2}, 3 boots left`,
      `other   a  confirmed  ${PILOT_1}`,
    ]);
  });

  test('of an empty folder: both slots are empty', async () => {
    const device = ota.device('one');
    for (const name of namesIn(device.slots)) rmSync(device.at(name), { recursive: true });
    const empty = { release: null, releaseDigest: null, state: 'empty' };
    expect(await device.status()).toMatchObject({
      outcome: 'OK',
      active: { slot: 'a', ...empty },
      other: { slot: 'b', ...empty },
    });
  });

  test('USAGE: no slots folder, for status, confirm, rollback; it is not made', async () => {
    const device = ota.device('none');
    for (const command of ['status', 'confirm', 'rollback'] as const) {
      await expectOutcome('USAGE', device.line(command), { home: device.home });
      await expectOutcome('USAGE', ['ota', command], { home: device.home });
    }
    expect([existsSync(device.slots), existsSync(device.home)]).toEqual([false, false]);
  });

  test('UNVERIFIABLE: a state that is damaged, or missing beside a slot; for confirm and rollback too', async () => {
    const device = ota.device('trial-2');
    for (const spoil of [() => flipByte(device.at('state.json'), 40), () => rmSync(device.at('state.json'))]) {
      spoil();
      for (const command of ['status', 'confirm', 'rollback'] as const)
        await expectOutcome('UNVERIFIABLE', device.line(command), { home: device.home });
    }
  });
});

describe('ota confirm', () => {
  test('confirms what is on trial and raises the memory, once', async () => {
    const device = ota.device('trial-2');
    expect(memoryOf(device.home).models['acme/pilot'].versionCode).toBe(1);
    const { answer } = await expectOutcome('OK', device.line('confirm'), { home: device.home });
    expect(answer).toMatchObject({ release: PILOT_2, slot: 'b', state: 'confirmed', versionCode: 2 });
    expect(memoryOf(device.home).models['acme/pilot'].versionCode).toBe(2);
    expect(await device.status()).toMatchObject({ active: { state: 'confirmed' }, triesLeft: 0 });
    const before = snapshot(device.home);
    await expectOutcome('USAGE', device.line('confirm'), { home: device.home });
    expect(snapshot(device.home)).toEqual(before);
  });

  test('a first install that was never booted has a memory afterwards', async () => {
    const device = ota.device('trial-1');
    await expectOutcome('OK', device.line('confirm'), { home: device.home });
    await expectOutcome('OK', device.bootLine(), { home: device.home });
  });

  test('killed at any point it is confirmed or on trial, and the same command completes it', async () => {
    // a memory, the slots, the memory again
    for (const nth of [1, 2, 3]) {
      const device = ota.device('trial-1');
      const inject = ['-e', 'trace=rename', '-e', `inject=rename:signal=KILL:when=${nth}`];
      const under = ['strace', '-f', '-qq', '-o', '/dev/null', ...inject];
      await weighbridge(device.line('confirm'), { home: device.home, under, env: { UV_THREADPOOL_SIZE: '1' } }).catch(
        () => {},
      );
      await expectOutcome('OK', device.bootLine(), { home: device.home });
      const { active } = await device.status();
      const known = memoryOf(device.home).models['acme/pilot']?.versionCode ?? 0;
      if (active.state === 'trial' || known === 0)
        await expectOutcome('OK', device.line('confirm'), { home: device.home });
      expect((await device.status()).active.state).toBe('confirmed');
      expect(memoryOf(device.home).models['acme/pilot'].versionCode).toBe(1);
    }
  });

  test('UNVERIFIABLE: a damaged memory; USAGE: --state none', async () => {
    const device = ota.device('trial-2');
    writeFileSync(join(device.home, 'device-state.json'), '{}');
    await expectOutcome('UNVERIFIABLE', device.line('confirm'), { home: device.home });
    await expectOutcome('USAGE', [...device.line('confirm'), '--state', 'none'], { home: device.home });
    expect((await device.status()).active.state).toBe('trial');
  });
});

describe('ota rollback', () => {
  test('from a trial to the confirmed release; the other has failed, by hand', async () => {
    const device = ota.device('trial-2');
    const { answer } = await expectOutcome('OK', device.line('rollback'), { home: device.home });
    expect(answer).toMatchObject({ release: PILOT_1, slot: 'a', state: 'confirmed' });
    expect(await device.status()).toMatchObject({ other: { state: 'failed' }, reason: 'rolled back by hand' });
    expect((await expectOutcome('OK', device.bootLine(), { home: device.home })).answer.release).toBe(PILOT_1);
    await expectOutcome('USAGE', device.line('rollback'), { home: device.home });
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home });
  });

  test('ROLLBACK: below what was confirmed; USAGE: nothing to go to', async () => {
    const two = ota.device('two');
    const before = snapshot(two.slots);
    await expectOutcome('ROLLBACK', two.line('rollback'), { home: two.home });
    expect(snapshot(two.slots)).toEqual(before);
    for (const stage of ['trial-1', 'one'] as const) {
      const device = ota.device(stage);
      await expectOutcome('USAGE', device.line('rollback'), { home: device.home });
    }
  });
});
