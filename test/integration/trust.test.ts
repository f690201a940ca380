import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { canonicalDeviceState, parseDeviceState } from '@weighbridge/verify/device-state-file';
import { testKey } from '@weighbridge/verify/testing/keys';
import { canonicalTrust, parseTrust, type Trust } from '@weighbridge/verify/trust';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { sortedJson } from '../support/damage.js';
import { verifyOffline } from '../support/device.js';
import { prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** The prepared trust file, changed. */
function trustFile(box: Sandbox, name: string, change: Partial<Trust>): string {
  writeFileSync(box.at(name), canonicalTrust({ ...parseTrust(readFileSync(prepared.trust)), ...change }));
  return box.at(name);
}

describe('trust export', () => {
  test('canonical, of the namespaces claimed here, the same again at any time until its content differs', async () => {
    const box = sandbox();
    const home = box.publisher();
    const file = box.at('trust.json');
    const again = await expectOutcome('OK', ['trust', 'export', '-o', file], { home, under: ['faketime', '+5 days'] });
    expect(readFileSync(file)).toEqual(readFileSync(prepared.trust));
    const text = readFileSync(file, 'utf8');
    const trust = JSON.parse(text);
    expect(text).toBe(sortedJson(trust));
    const { version, models, chainId, contract, anchors, witnesses, threshold } = trust;
    expect(again.answer).toMatchObject({ version, models, chainId, contract, anchors, witnesses, threshold });
    expect(trust).toMatchObject({
      format: 'trust-v1',
      version: 1,
      models: ['acme/*'],
      chainId: 31337,
      anchors: ['witness'],
      threshold: 1,
      maxAgeSeconds: 2_592_000,
      requireClock: false,
      rootKeys: [],
      rootThreshold: 0,
      signatures: [],
    });
    const one = ['trust', 'export', '-o', file, '--model', 'acme/pilot'];
    expect((await expectOutcome('OK', one, { home })).answer).toMatchObject({ version: 2, models: ['acme/pilot'] });
    expect((await expectOutcome('OK', one, { home })).answer.version).toBe(2);
    const two = [...one, '--model', 'acme/tiny', '--model', 'acme/pilot'];
    expect((await expectOutcome('OK', two, { home })).answer).toMatchObject({
      version: 3,
      models: ['acme/pilot', 'acme/tiny'],
    });
    expect((await expectOutcome('OK', ['trust', 'export', '-o', file], { home })).answer.version).toBe(4);
  });

  test('one trust file stays good for every later bundle', async () => {
    const { at } = sandbox();
    for (const bundle of ['pilot-1-early', 'pilot-1'] as const)
      await expectOutcome('OK', verifyOffline(prepared.model('pilot-1'), { bundle: prepared.bundle(bundle) }), {
        home: at('d'),
      });
  });

  test('USAGE: where nothing was claimed; nothing is made', async () => {
    const box = sandbox();
    await expectOutcome('USAGE', ['trust', 'export', '-o', box.at('t')], { home: box.at('fresh') });
    await expectOutcome('USAGE', ['trust', 'export', '-o', box.at('t'), '--model', 'acme/x'], {
      home: box.at('fresh'),
    });
    await expectOutcome('OK', ['trust', 'import', prepared.trust], { home: box.at('device') });
    await expectOutcome('USAGE', ['trust', 'export', '-o', box.at('t')], { home: box.at('device') });
    expect(namesIn(box.folder)).toEqual(['device']);
  });

  test('USAGE: bad patterns, no -o, -o into no folder or onto one; a file that is there stays', async () => {
    const box = sandbox();
    const home = box.publisher();
    const out = ['trust', 'export', '-o', box.at('t')];
    for (const model of ['', '*', '*/*', 'acme', 'acme/', 'acme/pil*', 'Acme/*', 'a/b/c', '../*'])
      await expectOutcome('USAGE', [...out, `--model=${model}`], { home });
    await expectOutcome('USAGE', ['trust', 'export'], { home });
    mkdirSync(box.at('folder'));
    for (const path of [box.at('none/t'), box.at('folder'), ''])
      await expectOutcome('USAGE', ['trust', 'export', '-o', path], { home });
    expect(existsSync(box.at('t'))).toBe(false);
    writeFileSync(box.at('t'), 'mine');
    rmSync(`${home}/keys/witness.json`);
    await expectOutcome('USAGE', out, { home });
    expect(readFileSync(box.at('t'), 'utf8')).toBe('mine');
  });

  test('IO: a folder that may not be written', async () => {
    const box = sandbox();
    box.publisher();
    chmodSync(box.folder, 0o755);
    mkdirSync(box.at('shut'), { mode: 0o555 });
    const own = [
      'sh',
      '-c',
      'chown -R 65534 "$0" && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"',
      box.at('publisher'),
    ];
    await expectOutcome('IO', ['trust', 'export', '-o', box.at('shut/t')], { home: box.at('publisher'), under: own });
    expect(namesIn(box.at('shut'))).toEqual([]);
  });
});

describe('trust import', () => {
  const importing = (path: string, ...more: string[]) => ['trust', 'import', path, ...more];

  test('makes it the trust file of this home, for its owner alone', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    const { answer } = await expectOutcome('OK', importing(prepared.trust), device);
    expect(answer).toMatchObject({ version: 1, models: ['acme/*'], threshold: 1, anchors: ['witness'] });
    expect(readFileSync(box.at('device/trust.json'))).toEqual(readFileSync(prepared.trust));
    expect(namesIn(device.home)).toEqual(['trust.json']);
    await expectOutcome('OK', ['verify', prepared.model('pilot-1'), '--bundle', prepared.bundle('pilot-1')], device);
  });

  test('ROLLBACK: a lower version; the same and any higher one are taken', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    await expectOutcome('OK', importing(trustFile(box, '5', { version: 5 })), device);
    const kept = readFileSync(box.at('device/trust.json'));
    await expectOutcome('ROLLBACK', importing(trustFile(box, '4', { version: 4, models: ['acme/pilot'] })), device);
    expect(readFileSync(box.at('device/trust.json'))).toEqual(kept);
    await expectOutcome('OK', importing(trustFile(box, '5b', { version: 5, models: ['acme/pilot'] })), device);
    await expectOutcome('OK', importing(trustFile(box, '9', { version: 9 })), device);
    await expectOutcome('OK', importing(trustFile(box, 'most', { version: Number.MAX_SAFE_INTEGER })), device);
    await expectOutcome('ROLLBACK', importing(prepared.trust), device);
  });

  test('USAGE: a development chain never replaces another; another chain may replace it', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    await expectOutcome('OK', importing(trustFile(box, 'sepolia', { chainId: 11_155_111, version: 2 })), device);
    await expectOutcome('USAGE', importing(trustFile(box, 'anvil', { version: 3 })), device);
    await expectOutcome('USAGE', importing(trustFile(box, 'geth', { version: 3, chainId: 1337 })), device);
    expect(readJson(box.at('device/trust.json')).chainId).toBe(11_155_111);
    const other = { home: box.at('other') };
    await expectOutcome('OK', importing(prepared.trust), other);
    await expectOutcome('OK', importing(box.at('sepolia')), other);
  });

  test('other witnesses: checkpoint numbers and time floor of that chain go, version codes and revocations stay', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    const state = box.at('device/device-state.json');
    await expectOutcome('OK', importing(prepared.trust), device);
    await weighbridge(['verify', prepared.model('pilot-2'), '--bundle', prepared.bundle('pilot-2')], device);
    await weighbridge(['verify', prepared.model('tiny'), '--bundle', prepared.bundle('tiny-revoked')], device);
    const before = readJson(state);
    await expectOutcome('OK', importing(trustFile(box, 'same', { version: 2 })), device);
    expect(readJson(state)).toEqual(before);
    await expectOutcome(
      'OK',
      importing(trustFile(box, 'other', { version: 3, witnesses: [testKey('w').address] })),
      device,
    );
    const after = readJson(state);
    expect(after.models).toEqual(before.models);
    expect(after.releases).toEqual({});
    const [chain] = Object.values(after.chains) as { floor: string; revoked: string[] }[];
    expect(chain).toEqual({ floor: '1970-01-01T00:00:00Z', revoked: expect.any(Array) });
    expect(chain?.revoked).toHaveLength(1);
    expect(canonicalDeviceState(parseDeviceState(readFileSync(state)))).toEqual(new Uint8Array(readFileSync(state)));
  });

  test("--reset drops one model's floors and leaves a line in the journal; nothing else does", async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    await expectOutcome('OK', importing(prepared.trust), device);
    await weighbridge(['verify', prepared.model('pilot-2'), '--bundle', prepared.bundle('pilot-2')], device);
    await weighbridge(['verify', prepared.model('tiny'), '--bundle', prepared.bundle('tiny')], device);
    const older = ['verify', prepared.model('pilot-1'), '--bundle', prepared.bundle('pilot-1')];
    await expectOutcome('ROLLBACK', older, device);
    await expectOutcome('OK', importing(prepared.trust, '--reset', 'acme/tiny'), device);
    await expectOutcome('ROLLBACK', older, device);
    const { answer } = await expectOutcome('OK', importing(prepared.trust, '--reset', 'acme/pilot'), device);
    expect(String(answer.notes)).toContain('acme/pilot');
    await expectOutcome('OK', older, device);
    const journal = namesIn(box.at('device/journal')).map((name) =>
      readFileSync(box.at('device/journal', name), 'utf8'),
    );
    const lines = journal
      .join('')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ models: ['acme/pilot'], at: expect.stringMatching(/Z$/) });
    for (const model of ['acme', 'acme/*', '', 'Acme/x'])
      await expectOutcome('USAGE', importing(prepared.trust, `--reset=${model}`), device);
  });

  test('--reset is for what a person imports: a refused file resets nothing', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    await expectOutcome('OK', importing(trustFile(box, '5', { version: 5 })), device);
    await weighbridge(['verify', prepared.model('pilot-2'), '--bundle', prepared.bundle('pilot-2')], device);
    const before = snapshot(device.home);
    await expectOutcome('ROLLBACK', importing(prepared.trust, '--reset', 'acme/pilot'), device);
    await expectOutcome('USAGE', importing(box.at('none'), '--reset', 'acme/pilot'), device);
    await expectOutcome('MALFORMED', importing(prepared.bundle('pilot-1'), '--reset', 'acme/pilot'), device);
    const { '.': _, ...rest } = snapshot(device.home);
    const { '.': __, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
  });

  test('UNVERIFIABLE: a damaged device state that it would have to change; the trust file stays', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    await expectOutcome('OK', importing(prepared.trust), device);
    writeFileSync(box.at('device/device-state.json'), 'damaged');
    await expectOutcome('OK', importing(trustFile(box, '2', { version: 2 })), device);
    await expectOutcome('UNVERIFIABLE', importing(box.at('2'), '--reset', 'acme/pilot'), device);
    const others = trustFile(box, '3', { version: 3, witnesses: [testKey('w').address] });
    await expectOutcome('UNVERIFIABLE', importing(others), device);
    expect(readJson(box.at('device/trust.json')).version).toBe(2);
    expect(readFileSync(box.at('device/device-state.json'), 'utf8')).toBe('damaged');
  });

  test('a damaged present trust file is no reason to take anything', async () => {
    const box = sandbox();
    const device = { home: box.at('device') };
    await expectOutcome('OK', importing(trustFile(box, '5', { version: 5 })), device);
    writeFileSync(box.at('device/trust.json'), readFileSync(box.at('5')).subarray(0, 100));
    await expectOutcome('MALFORMED', importing(prepared.trust), device);
    await expectOutcome(
      'MALFORMED',
      ['verify', prepared.model('pilot-1'), '--bundle', prepared.bundle('pilot-1')],
      device,
    );
  });

  test('IO: a home that may not be written', async () => {
    const box = sandbox();
    mkdirSync(box.at('device'));
    chmodSync(box.folder, 0o755);
    const file = box.copy(prepared.trust, 't');
    chmodSync(file, 0o644);
    await expectOutcome('IO', importing(file), { home: box.at('device'), under: WITHOUT_RIGHTS });
    expect(namesIn(box.at('device'))).toEqual([]);
  });
});
