import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, type RunOptions, weighbridge } from '../support/command-line.js';
import { edit, editJson, flipByte, sortedJson } from '../support/damage.js';
import { verifyOffline } from '../support/device.js';
import { PILOT_1, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

type BundleName = Parameters<typeof prepared.bundle>[0];

interface State {
  readonly format: string;
  readonly models: Record<string, { versionCode: number; minAllowed: number }>;
  readonly releases: Record<string, { number: number; hash: string }>;
  readonly chains: Record<string, { floor: string; revoked: string[] }>;
  readonly check?: string;
}

const MODEL_OF: Record<BundleName, string> = {
  'pilot-1-early': 'pilot-1',
  'pilot-1': 'pilot-1',
  'pilot-2': 'pilot-2',
  tiny: 'tiny',
  'tiny-revoked': 'tiny',
};
const verify = (name: BundleName, ...more: string[]) =>
  verifyOffline(prepared.model(MODEL_OF[name]), { bundle: prepared.bundle(name) }, ...more);
const stateOf = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as State;
const checkOf = ({ check: _, ...rest }: State) => createHash('sha3-512').update(sortedJson(rest)).digest('hex');

/** Writes a state with the check that belongs to it. */
function editState(path: string, change: (state: State) => unknown): void {
  edit(path, (bytes) => {
    const state = JSON.parse(bytes.toString()) as State;
    change(state);
    return Buffer.from(sortedJson({ ...state, check: checkOf(state) }));
  });
}

/** A device that has accepted what a bundle carries. */
async function deviceAfter(box: Sandbox, ...names: BundleName[]): Promise<{ home: string; state: string }> {
  const device = { home: box.at('device'), state: box.at('device/device-state.json') };
  for (const name of names) await weighbridge(verify(name), device);
  return device;
}

describe('what is kept', () => {
  test('after an OK: version code, checkpoint, time floor, with the check of just that', async () => {
    const box = sandbox();
    const before = Math.floor(Date.now() / 1000);
    const { state, home } = await deviceAfter(box, 'pilot-2');
    const kept = stateOf(state);
    expect(readFileSync(state, 'utf8')).toBe(sortedJson(kept));
    expect(kept.check).toBe(checkOf(kept));
    expect(Object.keys(kept).sort()).toEqual(['chains', 'check', 'format', 'models', 'releases']);
    expect(kept).toMatchObject({
      format: 'device-state-v1',
      models: { 'acme/pilot': { versionCode: 2, minAllowed: 0 } },
    });
    const bundle = JSON.parse(readFileSync(prepared.bundle('pilot-2'), 'utf8'));
    expect(Object.values(kept.releases)).toEqual([{ number: bundle.checkpoint.number, hash: bundle.checkpoint.hash }]);
    const trust = JSON.parse(readFileSync(prepared.trust, 'utf8'));
    const chain = kept.chains[`${trust.chainId}:${trust.contract}`]!;
    expect(Date.parse(chain.floor) / 1000).toBeGreaterThanOrEqual(before);
    expect(chain.revoked).toEqual([]);
    expect(namesIn(home)).toEqual(['device-state.json']);
    expect(statSync(state).mode & 0o777).toBe(0o600);
  });

  test('after REVOKED: the digest alone, no version code and no floor', async () => {
    const box = sandbox();
    const { state } = await deviceAfter(box, 'tiny-revoked');
    const kept = stateOf(state);
    expect([kept.models, kept.releases]).toEqual([{}, {}]);
    const [chain] = Object.values(kept.chains);
    expect(chain?.revoked).toHaveLength(1);
    expect(Date.parse(chain!.floor)).toBe(0);
  });

  test('after any other refusal, and by what is not the device: nothing', async () => {
    const box = sandbox();
    const { home, state } = await deviceAfter(box, 'pilot-2');
    const before = snapshot(home);
    const spoiled = box.model('pilot-2');
    flipByte(`${spoiled}/config.json`);
    await expectOutcome('TAMPERED', verifyOffline(spoiled, { bundle: prepared.bundle('pilot-2') }), { home });
    await expectOutcome('ROLLBACK', verify('pilot-1'), { home });
    await expectOutcome('WRONG_ARTIFACT', verifyOffline(prepared.model('tiny')), { home });
    await expectOutcome('OK', verify('tiny', '--state', 'none'), { home });
    await expectOutcome('OK', ['bundle', 'inspect', prepared.bundle('tiny')], { home });
    expect(snapshot(home)).toEqual(before);
    expect(existsSync(state)).toBe(true);
  });

  test('plain online verification neither reads nor keeps it, with --state it does both', async () => {
    const box = sandbox();
    const home = box.publisher();
    const line = ['verify', prepared.model('pilot-1'), '--release', PILOT_1];
    writeFileSync(`${home}/device-state.json`, 'damaged');
    await expectOutcome('OK', line, { home });
    await expectOutcome('UNVERIFIABLE', [...line, '--state', `${home}/device-state.json`], { home });
    await expectOutcome('OK', [...line, '--state', box.at('own-state')], { home });
    expect(stateOf(box.at('own-state')).models['acme/pilot']).toEqual({ versionCode: 1, minAllowed: 0 });
    editState(box.at('own-state'), ({ models }) =>
      Object.assign(models, { 'acme/pilot': { versionCode: 2, minAllowed: 0 } }),
    );
    await expectOutcome('ROLLBACK', [...line, '--state', box.at('own-state')], { home });
  });

  test('a bundle in .weighbridge/ counts as one', async () => {
    const box = sandbox();
    const folder = box.model('pilot-2');
    box.copy(prepared.bundle('pilot-2'), 'pilot-2/.weighbridge/bundle.json');
    await expectOutcome('OK', ['verify', folder, '--trust', prepared.trust], { home: box.at('device') });
    expect(stateOf(box.at('device/device-state.json')).models['acme/pilot']?.versionCode).toBe(2);
  });

  test('of two at once, both', async () => {
    const box = sandbox();
    const home = box.at('device');
    const lines = [verify('pilot-1'), verify('tiny'), verify('pilot-1', '--all-digests')];
    await Promise.all(lines.map((line) => weighbridge(line, { home, json: false })));
    expect(Object.keys(stateOf(`${home}/device-state.json`).models).sort()).toEqual(['acme/pilot', 'acme/tiny']);
    expect(namesIn(home)).toEqual(['device-state.json']);
  });
});

describe('what a device refuses by what it has kept', () => {
  test('ROLLBACK: a lower version code; the equal one and a higher one are taken', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'pilot-1', 'pilot-2');
    await expectOutcome('ROLLBACK', verify('pilot-1'), device);
    await expectOutcome('OK', verify('pilot-2'), device);
    await expectOutcome('OK', verify('tiny'), device);
    editState(device.state, ({ models }) => Object.assign(models['acme/pilot']!, { versionCode: 3 }));
    await expectOutcome('ROLLBACK', verify('pilot-2'), device);
    editState(device.state, ({ models }) => Object.assign(models['acme/pilot']!, { versionCode: 0 }));
    await expectOutcome('OK', verify('pilot-1'), device);
  });

  test('ROLLBACK: an older checkpoint of the same release; between releases it does not count', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'tiny', 'pilot-1');
    await expectOutcome('ROLLBACK', verify('pilot-1-early'), device);
    await expectOutcome('OK', verify('pilot-1'), device);
    await expectOutcome('OK', verify('pilot-2'), device);
  });

  test('UNTRUSTED: the same number with another hash', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'pilot-1');
    editState(device.state, ({ releases }) => {
      for (const block of Object.values(releases)) block.hash = 'ab'.repeat(32);
    });
    await expectOutcome('UNTRUSTED', verify('pilot-1'), device);
  });

  test('ROLLBACK: below the minAllowed that was seen', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'pilot-1');
    editState(device.state, ({ models }) => Object.assign(models['acme/pilot']!, { minAllowed: 2 }));
    await expectOutcome('ROLLBACK', verify('pilot-1'), device);
    await expectOutcome('OK', verify('pilot-2'), device);
    expect(stateOf(device.state).models['acme/pilot']).toEqual({ versionCode: 2, minAllowed: 2 });
  });

  test('REVOKED: what was seen revoked, though an older bundle says that it is approved', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'tiny');
    await expectOutcome('OK', verify('tiny'), device);
    await expectOutcome('REVOKED', verify('tiny-revoked'), device);
    await expectOutcome('REVOKED', verify('tiny'), device);
    await expectOutcome('OK', verify('tiny', '--state', 'none'), device);
    await expectOutcome('OK', verify('pilot-1'), device);
  });
});

describe('a state that is not good', () => {
  test.each<[string, (path: string) => unknown]>([
    ['empty', (path) => writeFileSync(path, '')],
    ['cut', (path) => edit(path, (bytes) => bytes.subarray(0, -1))],
    ['of another check', (path) => editJson(path, (state) => ({ ...state, check: 'ab'.repeat(64) }))],
    [
      'of a lower version code',
      (path) => edit(path, (bytes) => Buffer.from(bytes.toString().replace('"versionCode":1', '"versionCode":0'))),
    ],
    ['not canonical', (path) => edit(path, (bytes) => Buffer.from(` ${bytes}`))],
    ['of another kind', (path) => writeFileSync(path, readFileSync(prepared.trust))],
    ['of a later format', (path) => editState(path, (state) => Object.assign(state, { format: 'device-state-v2' }))],
    ['of an unknown member', (path) => editState(path, (state) => Object.assign(state, { more: {} }))],
    ['zeros', (path) => edit(path, (bytes) => Buffer.alloc(bytes.length))],
  ])('UNVERIFIABLE: %s; it stays as it is', async (_, damage) => {
    const box = sandbox();
    const device = await deviceAfter(box, 'pilot-1');
    damage(device.state);
    const before = readFileSync(device.state);
    await expectOutcome('UNVERIFIABLE', verify('pilot-1'), device);
    await expectOutcome('UNVERIFIABLE', verify('pilot-1', '--state', device.state), { home: box.at('other') });
    await expectOutcome('REVOKED', verify('tiny-revoked'), device);
    expect(readFileSync(device.state)).toEqual(before);
    await expectOutcome('OK', verify('pilot-1', '--state', 'none'), device);
  });

  test('one bit anywhere is seen', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'pilot-1');
    const whole = readFileSync(device.state);
    for (let offset = 0; offset < whole.length; offset += 97) {
      writeFileSync(device.state, whole);
      flipByte(device.state, offset, 1 << (offset % 8));
      await expectOutcome('UNVERIFIABLE', verify('pilot-1'), device);
    }
  });

  test('missing is a new device; a symlink, a folder, a FIFO is none', async () => {
    const box = sandbox();
    const device = await deviceAfter(box, 'pilot-2');
    rmSync(device.state);
    await expectOutcome('OK', verify('pilot-1'), device);
    const makers: Record<string, (path: string) => unknown> = {
      folder: (path) => mkdirSync(path),
      fifo: (path) => execFileSync('mkfifo', [path]),
      link: (path) => symlinkSync(box.at('nowhere'), path),
    };
    for (const [name, make] of Object.entries(makers)) {
      rmSync(device.state, { recursive: true, force: true });
      make(device.state);
      make(box.at(name));
      await expectOutcome('USAGE', verify('pilot-1', '--state', box.at(name)), { home: box.at('other') });
      const { outcome } = (await weighbridge(verify('pilot-1'), device)).answer;
      expect(outcome).not.toBe('OK');
    }
  });
});

describe('a place that cannot be written', () => {
  const nobody = (box: Sandbox, home: string): RunOptions => {
    chmodSync(box.folder, 0o755);
    return { home, under: WITHOUT_RIGHTS };
  };
  const files = (box: Sandbox, name: BundleName) => {
    const copies = {
      bundle: box.copy(prepared.bundle(name), `${name}.bundle`),
      trust: box.copy(prepared.trust, `${name}.trust`),
    };
    for (const path of Object.values(copies)) chmodSync(path, 0o644);
    execFileSync('cp', ['-r', prepared.model(MODEL_OF[name]), box.at(`${name}-model`)]);
    return verifyOffline(box.at(`${name}-model`), copies);
  };

  test('the default one is obeyed and kept as it is, and the verdict says so', async () => {
    const box = sandbox();
    const { home, state } = await deviceAfter(box, 'pilot-2');
    chmodSync(home, 0o755);
    chmodSync(state, 0o644);
    const options = nobody(box, home);
    const before = readFileSync(state);
    expect(String((await expectOutcome('OK', files(box, 'tiny'), options)).answer.notes)).toMatch(/state/);
    await expectOutcome('ROLLBACK', files(box, 'pilot-1'), options);
    await expectOutcome('REVOKED', files(box, 'tiny-revoked'), options);
    expect(readFileSync(state)).toEqual(before);
    expect(namesIn(home)).toEqual(['device-state.json']);
    await expectOutcome('OK', files(box, 'pilot-2'), { ...options, home: box.at('device/none/yet') });
  });

  test('USAGE: a named one in no folder; below a file', async () => {
    const box = sandbox();
    writeFileSync(box.at('file'), '');
    for (const path of [box.at('none/state.json'), box.at('file/state.json'), '']) {
      const line = verify('pilot-2', `--state=${path}`);
      await expectOutcome('USAGE', line, { home: box.at('device') });
    }
    expect(namesIn(box.folder)).toEqual(['file']);
  });

  test('IO and no OK: a named one; one that may not be read', async () => {
    const box = sandbox();
    const options = nobody(box, box.at('home'));
    const line = files(box, 'pilot-2');
    mkdirSync(box.at('shut'));
    const named = await expectOutcome('IO', [...line, '--state', box.at('shut/state.json')], options);
    expect(named.answer.message).not.toMatch(/\bverified\b/i);
    writeFileSync(box.at('secret.json'), '{}', { mode: 0o600 });
    await expectOutcome('IO', [...line, '--state', box.at('secret.json')], options);
    expect(namesIn(box.at('shut'))).toEqual([]);
  });

  test('a read-only file system', async () => {
    const box = sandbox();
    const { home, state } = await deviceAfter(box, 'pilot-2');
    const readOnly = [
      'unshare',
      '-m',
      'sh',
      '-c',
      'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
      home,
    ];
    const { answer } = await expectOutcome('OK', verify('tiny'), { home, under: readOnly });
    expect(String(answer.notes)).toMatch(/state/);
    await expectOutcome('ROLLBACK', verify('pilot-1'), { home, under: readOnly });
    await expectOutcome('IO', verify('tiny', '--state', state), { home: box.at('other'), under: readOnly });
    expect(Object.keys(stateOf(state).models)).toEqual(['acme/pilot']);
  });

  test('a full disk: IO, and the state before is still there', async () => {
    const box = sandbox();
    mkdirSync(box.at('disk'));
    const script =
      'mount -t tmpfs -o size=16k tmpfs "$0" && cp "$1" "$0/state.json" && (cat /dev/zero > "$0/fill" || true) 2>/dev/null; shift; "$@"; code=$?; cat "$0/state.json" >&2; exit $code';
    const { state } = await deviceAfter(box, 'pilot-1');
    const under = ['unshare', '-m', 'sh', '-c', script, box.at('disk'), state];
    const line = verify('pilot-2', '--state', box.at('disk/state.json'));
    const ended = await expectOutcome('IO', line, { home: box.at('other'), under });
    expect(ended.stderr).toContain(readFileSync(state, 'utf8'));
  });
});

test('--state none reads and keeps none, and says so', async () => {
  const box = sandbox();
  const device = await deviceAfter(box, 'pilot-2');
  writeFileSync(device.state, 'damaged');
  const { answer } = await expectOutcome('OK', verify('pilot-1', '--state', 'none'), device);
  expect(String(answer.notes)).toMatch(/state/);
  expect(readFileSync(device.state, 'utf8')).toBe('damaged');
  await expectOutcome('OK', verify('pilot-1', '--state', 'none'), { home: box.at('fresh') });
  expect(existsSync(box.at('fresh'))).toBe(false);
});
