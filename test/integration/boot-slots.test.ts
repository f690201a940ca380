import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { editJson, flipByte } from '../support/damage.js';
import { fakeTime } from '../support/fake-time.js';
import { holdLock } from '../support/hold-lock.js';
import { type Device, otaWorld, type OtaWorld } from '../support/ota.js';
import { PILOT_1, PILOT_2, prepared, sandbox } from '../support/sandbox.js';
import { snapshot } from '../support/snapshot.js';
import { TAMPERINGS } from '../support/tamperings.js';
import { withFault } from '../support/strace.js';

let ota: OtaWorld;
beforeAll(async () => {
  ota = await otaWorld();
}, 300_000);

const DAY = 86_400;
const now = () => Math.floor(Date.now() / 1000);
const boots = async (device: Device, release: string, ...more: readonly string[]) => {
  const { answer } = await expectOutcome('OK', device.bootLine(...more), { home: device.home });
  expect(answer.release).toBe(release);
  return answer;
};

describe('a slot that is not the release', () => {
  // every other kind of damage; all of them are tried by `verify`
  test.each(
    TAMPERINGS.filter(({ files }, index) => index % 2 === 0 && !files.includes('.weighbridge')).map(
      (tampering) => [tampering.name, tampering] as const,
    ),
  )('TAMPERED: %s', async (_, { apply }) => {
    const device = ota.device('one');
    const before = readFileSync(device.at('state.json'));
    await apply(device.at('a'));
    await expectOutcome('TAMPERED', device.bootLine(), { home: device.home });
    expect(readFileSync(device.at('state.json'))).toEqual(before);
  });

  test.each<[string, (slot: string) => void]>([
    ['a file more', (slot) => writeFileSync(`${slot}/.weighbridge/notes`, '')],
    ['leaves of another file', (slot) => writeFileSync(`${slot}/.weighbridge/leaves/${'0'.repeat(128)}`, '')],
    ['a symlink', (slot) => symlinkSync('bundle.json', `${slot}/.weighbridge/link`)],
    ['a folder more', (slot) => putIn(`${slot}/.weighbridge/x`)],
  ])('TAMPERED: %s in .weighbridge/', async (_, spoil) => {
    const device = ota.device('one');
    spoil(device.at('a'));
    await expectOutcome('TAMPERED', device.bootLine(), { home: device.home });
  });

  test('TAMPERED: no slot; UNVERIFIABLE: no bundle in it; MALFORMED: a bundle cut short', async () => {
    const device = ota.device('one');
    const bundle = device.at('a/.weighbridge/bundle.json');
    writeFileSync(bundle, readFileSync(bundle).subarray(0, -2));
    await expectOutcome('MALFORMED', device.bootLine(), { home: device.home });
    rmSync(bundle);
    await expectOutcome('UNVERIFIABLE', device.bootLine(), { home: device.home });
    await boots(device, PILOT_1, '--bundle', ota.bundle('1'));
    await boots(device, PILOT_1);
    rmSync(device.at('a'), { recursive: true });
    await expectOutcome('TAMPERED', device.bootLine(), { home: device.home });
  });
});

function putIn(folder: string): void {
  mkdirSync(folder);
  writeFileSync(`${folder}/y`, '');
}

describe('a confirmed slot', () => {
  test('boots as often as it likes, and nothing of the slots is written', async () => {
    const device = ota.device('two');
    const before = snapshot(device.slots);
    for (let count = 0; count < 4; count += 1) await boots(device, PILOT_2);
    expect(snapshot(device.slots)).toEqual(before);
    const memory = JSON.parse(readFileSync(join(device.home, 'device-state.json'), 'utf8'));
    expect(memory.models['acme/pilot'].versionCode).toBe(2);
  });

  test('does not fall back: TAMPERED, STALE and UNVERIFIABLE stay', async () => {
    const device = ota.device('two');
    const options = { home: device.home, under: fakeTime(now() + 31 * DAY) };
    await expectOutcome('STALE', device.bootLine(), options);
    flipByte(device.at('b/config.json'));
    for (let count = 0; count < 4; count += 1)
      await expectOutcome('TAMPERED', device.bootLine(), { home: device.home });
    expect((await device.status()).active).toMatchObject({ slot: 'b', state: 'confirmed' });
  });

  test('with a read-only memory boots and says so; one that is named must be writable', async () => {
    const device = ota.device('one');
    const state = join(device.home, 'device-state.json');
    const under = ['setpriv', '--bounding-set', '-all', '--reuid', '0', '--inh-caps', '-all'];
    chmodSync(device.home, 0o555);
    const { answer } = await weighbridge(device.bootLine(), { home: device.home, under });
    chmodSync(device.home, 0o755);
    if (answer.outcome === 'OK') expect(String(answer.notes)).toMatch(/read-only|development/);
    await expectOutcome('OK', device.bootLine('--state', state), { home: device.home });
  });

  test('ROLLBACK: with an older proof than was accepted', async () => {
    const device = ota.device('one');
    const bundle = device.at('a/.weighbridge/bundle.json');
    const old = readFileSync(bundle);
    await boots(device, PILOT_1, '--bundle', ota.bundle('1'));
    writeFileSync(bundle, old);
    await expectOutcome('ROLLBACK', device.bootLine(), { home: device.home });
    await boots(device, PILOT_1, '--bundle', ota.bundle('1'));
  });
});

describe('nothing to go by', () => {
  test('UNVERIFIABLE: both slots empty, even where nothing is trusted; USAGE: no slots, --state none', async () => {
    const device = ota.device('none');
    await expectOutcome('USAGE', device.bootLine(), { home: device.home });
    mkdirSync(device.slots);
    await expectOutcome('UNVERIFIABLE', device.bootLine(), { home: device.home });
    await expectOutcome('UNVERIFIABLE', ['boot', '--slots', device.slots], { home: device.home });
    await expectOutcome('USAGE', ['boot'], { home: device.home });
    await expectOutcome('USAGE', device.bootLine('--state', 'none'), { home: device.home });
  });

  test('UNTRUSTED: nothing is trusted', async () => {
    const device = ota.device('one');
    await expectOutcome('UNTRUSTED', ['boot', '--slots', device.slots], { home: device.home });
  });

  test('UNVERIFIABLE: state or memory damaged or missing, alone and together', async () => {
    for (const paths of [
      ['slots/state.json'],
      ['home/device-state.json'],
      ['slots/state.json', 'home/device-state.json'],
    ])
      for (const spoil of [(path: string) => flipByte(path, 20), (path: string) => rmSync(path)]) {
        const device = ota.device('two');
        for (const path of paths) spoil(device.box.at(path));
        await expectOutcome('UNVERIFIABLE', device.bootLine(), { home: device.home });
      }
  });

  test('a journal, whatever is in it, changes nothing', async () => {
    const device = ota.device('two');
    writeFileSync(device.at('journal'), Buffer.from([0xff, 0, 1]));
    await boots(device, PILOT_2);
    await expectOutcome('OK', device.installLine(ota.pack('2-3')), { home: device.home });
  });

  test('USAGE: slots that others may write to', async () => {
    const device = ota.device('one');
    chmodSync(device.at('a/config.json'), 0o666);
    await expectOutcome('USAGE', device.bootLine(), { home: device.home });
  });

  test('BUSY: another command holds the slots and a boot must be counted', async () => {
    const device = ota.device('trial-2');
    const holder = await holdLock(device.at('lock'), device.line('rollback'), device.home);
    await expectOutcome('BUSY', device.bootLine('--lock-timeout', '0s'), { home: device.home });
    holder.kill();
    await holder.ended;
    await boots(device, PILOT_2);
  });

  test('IO: a boot that cannot be counted does not start', async () => {
    const device = ota.device('trial-2');
    // the first name that is given is that of the memory
    const under = withFault('rename', 'rename:error=EIO:when=2');
    const options = { home: device.home, under, env: { UV_THREADPOOL_SIZE: '1' } };
    await expectOutcome('IO', device.bootLine('--', 'touch', device.box.at('ran')), options);
    expect((await device.status()).triesLeft).toBe(3);
    expect(existsSync(device.box.at('ran'))).toBe(false);
  });
});

describe('a release on trial', () => {
  test('boots three times without a confirmation, whatever the program says; then the confirmed one', async () => {
    const device = ota.device('trial-2');
    for (const left of [2, 1, 0]) {
      const { stdout, exit } = await device.run(['sh', '-c', 'echo $WEIGHBRIDGE_RELEASE']);
      expect([exit, stdout]).toEqual([0, `${PILOT_2}\n`]);
      expect((await device.status()).triesLeft).toBe(left);
    }
    await boots(device, PILOT_1);
    const { active, other, reason } = await device.status();
    expect([active.release, active.state, other.release, other.state]).toEqual([
      PILOT_1,
      'confirmed',
      PILOT_2,
      'failed',
    ]);
    expect(reason).toMatch(/confirmed/);
    await boots(device, PILOT_1);
    await expectOutcome('OK', device.installLine(ota.pack('1-2')), { home: device.home });
    await boots(device, PILOT_2);
  });

  test('that cannot be verified takes its tries, then the confirmed one boots', async () => {
    const device = ota.device('trial-2');
    flipByte(device.at('b/model.safetensors'), 2_000_000);
    for (let count = 0; count < 3; count += 1)
      await expectOutcome('TAMPERED', device.bootLine('--', 'true'), { home: device.home });
    await boots(device, PILOT_1);
    expect((await device.status()).reason).toMatch(/^TAMPERED: model\.safetensors/);
  });

  test('of a first install is UNVERIFIABLE when its tries are used up, and has failed', async () => {
    const device = ota.device('trial-1');
    for (let count = 0; count < 3; count += 1) await boots(device, PILOT_1);
    for (let count = 0; count < 2; count += 1)
      await expectOutcome('UNVERIFIABLE', device.bootLine(), { home: device.home });
    expect((await device.status()).active).toMatchObject({ release: PILOT_1, state: 'failed' });
    await expectOutcome('OK', device.installLine(ota.pack('full-1')), { home: device.home });
    await boots(device, PILOT_1);
  });
});

describe('a revoked release', () => {
  test('gives way to the one that was confirmed before, and the device remembers', async () => {
    const device = ota.device('two');
    const { notes } = await boots(device, PILOT_1, '--bundle', ota.bundle('2-revoked'));
    expect(String(notes)).toContain(`${PILOT_1} in slot a boots in its place`);
    expect(await device.status()).toMatchObject({
      active: { slot: 'a', release: PILOT_1, state: 'confirmed' },
      other: { slot: 'b', release: PILOT_2, state: 'failed' },
      reason: expect.stringMatching(/^REVOKED/),
    });
    await boots(device, PILOT_1, '--offline');
    const program = await device.run(['sh', '-c', 'echo $WEIGHBRIDGE_RELEASE']);
    expect(program.stdout).toBe(`${PILOT_1}\n`);
  });

  test('stays REVOKED where nothing can boot in its place', async () => {
    const device = ota.device('two');
    flipByte(device.at('a/config.json'));
    const line = device.bootLine('--bundle', ota.bundle('2-revoked'), '--', 'touch', device.box.at('ran'));
    const { answer } = await expectOutcome('REVOKED', line, { home: device.home });
    expect(String(answer.notes)).toContain('TAMPERED');
    await expectOutcome('REVOKED', device.bootLine(), { home: device.home });
    flipByte(device.at('a/config.json'));
    await boots(device, PILOT_1);
  });

  test('on trial gives way at once', async () => {
    const device = ota.device('trial-2');
    await boots(device, PILOT_1, '--bundle', ota.bundle('2-revoked'));
    expect((await device.status()).other).toMatchObject({ release: PILOT_2, state: 'failed' });
  });
});

describe('--bundle', () => {
  test('a newer one of each slot is kept there', async () => {
    const device = ota.device('two');
    await boots(device, PILOT_2, '--bundle', ota.bundle('1'), '--bundle', ota.bundle('2'));
    for (const [slot, name] of [
      ['a', '1'],
      ['b', '2'],
    ] as const)
      expect(readFileSync(device.at(slot, '.weighbridge/bundle.json'))).toEqual(readFileSync(ota.bundle(name)));
    await boots(device, PILOT_2, '--offline');
  });

  test('WRONG_ARTIFACT: of neither slot; MALFORMED: no bundle; USAGE: no file; UNTRUSTED: spoiled', async () => {
    const device = ota.device('one');
    const spoiled = sandbox().copy(ota.bundle('1'), 'spoiled.bundle');
    editJson<{ checkpoint: { signatures: unknown[] } }>(spoiled, ({ checkpoint }) => {
      checkpoint.signatures = [];
    });
    for (const [outcome, file] of [
      ['WRONG_ARTIFACT', ota.bundle('2')],
      ['MALFORMED', prepared.trust],
      ['USAGE', device.box.at('none')],
      ['UNTRUSTED', spoiled],
    ] as const)
      await expectOutcome(outcome, device.bootLine('--bundle', file), { home: device.home });
    await boots(device, PILOT_1);
  });

  test('opens no socket, nor does --offline', async () => {
    const device = ota.device('two');
    const trace = device.box.at('trace');
    const under = ['strace', '-f', '-qq', '-o', trace, '-e', 'trace=network'];
    for (const more of [['--offline'], ['--bundle', ota.bundle('2')], ['--offline', '--bundle', ota.bundle('1')]]) {
      await expectOutcome('OK', device.bootLine(...more, '--'), { home: device.home, under });
      const calls = readFileSync(trace, 'utf8').split('\n');
      expect(calls.filter((call) => /\b(socket|connect|bind|listen|sendto)\(/.test(call))).toEqual([]);
    }
  });
});

test('a home with a chain asks it: what it says now counts, and is kept for a boot without it', async () => {
  const device = ota.device('two');
  const home = sandbox().copy(ota.publisher, 'publisher');
  const state = join(device.home, 'device-state.json');
  await expectOutcome('OK', device.bootLine('--offline', '--state', state), { home });
  const { answer } = await expectOutcome('OK', device.bootLine('--state', state), { home });
  expect(answer.release).toBe(PILOT_1);
  expect(String(answer.notes)).toMatch(/revoked/);
  await boots(device, PILOT_1, '--offline');
});
