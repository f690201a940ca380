import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { edit, flipByte } from '../support/damage.js';
import { verifyOffline } from '../support/device.js';
import { PILOT_1, PILOT_2, PILOT_3, prepared, sandbox, TINY } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

const online = () => ['verify', prepared.model('pilot-2'), '--release', PILOT_2];

describe('a damaged state of the chain', () => {
  test.each<[string, (path: string) => unknown]>([
    ['a flipped bit in its middle', (path) => flipByte(path, 5000)],
    ['cut', (path) => edit(path, (bytes) => bytes.subarray(0, bytes.length >> 1))],
    ['gone', (path) => rmSync(path)],
  ])('%s: UNVERIFIABLE for readers; the next writer restores it without loss', async (_, damage) => {
    const box = sandbox();
    const home = box.publisher();
    damage(`${home}/chain/state.json`);
    await expectOutcome('UNVERIFIABLE', online(), { home });
    await expectOutcome('UNVERIFIABLE', ['show', PILOT_2], { home });
    await expectOutcome('OK', ['approve', PILOT_3, '--as', 'bob'], { home });
    await expectOutcome('REVOKED', ['verify', prepared.model('tiny'), '--release', TINY], { home });
    const { answer } = await expectOutcome('OK', ['show', PILOT_3], { home });
    expect(answer).toMatchObject({ status: 'approved', approvals: [{ name: 'bob' }] });
  });

  test('bundles of a restored chain are good for devices that have seen the one before', async () => {
    const box = sandbox();
    const home = box.publisher();
    const device = { home: box.at('device') };
    await expectOutcome('OK', ['bundle', 'export', PILOT_2, '-o', box.at('before')], { home });
    await expectOutcome('OK', verifyOffline(prepared.model('pilot-2'), { bundle: box.at('before') }), device);
    flipByte(`${home}/chain/state.json`, 9000);
    await expectOutcome('OK', ['bundle', 'export', PILOT_2, '-o', box.at('after')], { home });
    await expectOutcome('OK', verifyOffline(prepared.model('pilot-2'), { bundle: box.at('after') }), device);
  });

  test('both copies damaged: UNVERIFIABLE for everybody; nothing is begun anew', async () => {
    const box = sandbox();
    const home = box.publisher();
    for (const name of ['state.json', 'state.previous.json']) writeFileSync(`${home}/chain/${name}`, 'damaged');
    for (const line of [online(), ['list'], ['show', PILOT_1], ['approve', PILOT_3, '--as', 'bob']])
      await expectOutcome('UNVERIFIABLE', line, { home });
    const register = ['register', prepared.model('tiny'), '--model', 'acme/new', '--version', '1'];
    await expectOutcome('UNVERIFIABLE', register, { home });
    expect(readFileSync(`${home}/chain/state.json`, 'utf8')).toBe('damaged');
  });

  test('a state that somebody else made does not pass for ours', async () => {
    const box = sandbox();
    const home = box.publisher();
    const other = { home: box.at('other') };
    await expectOutcome('OK', ['namespace', 'claim', 'acme', '--approver', 'eve=legal'], other);
    const register = ['register', prepared.model('tiny'), '--model', 'acme/pilot', '--version', '2.0.0'];
    await expectOutcome('OK', register, other);
    await expectOutcome('OK', ['approve', PILOT_2, '--as', 'eve'], other);
    await expectOutcome('OK', ['bundle', 'export', PILOT_2, '-o', box.at('eve.bundle')], other);
    const forged = verifyOffline(prepared.model('tiny'), { bundle: box.at('eve.bundle') });
    await expectOutcome('UNTRUSTED', forged, { home: box.at('device') });
    rmSync(`${home}/chain`, { recursive: true });
    box.copy(box.at('other/chain'), 'publisher/chain');
    const { outcome } = (await weighbridge(online(), { home })).answer;
    expect(['UNVERIFIABLE', 'UNTRUSTED', 'TAMPERED', 'WRONG_ARTIFACT']).toContain(outcome);
  });
});

describe('other files of a home', () => {
  test('a damaged trust file: MALFORMED, and nothing is trusted', async () => {
    const box = sandbox();
    const home = box.publisher();
    edit(`${home}/trust.json`, (bytes) => bytes.subarray(0, -1));
    for (const line of [
      online(),
      ['show', PILOT_1],
      ['approve', PILOT_3, '--as', 'bob'],
      ['trust', 'import', prepared.trust],
    ])
      await expectOutcome('MALFORMED', line, { home });
  });

  test('a lost journal is begun anew, a lost trust file is missed, nothing is made up', async () => {
    const box = sandbox();
    const home = box.publisher();
    rmSync(`${home}/journal`, { recursive: true });
    await expectOutcome('OK', online(), { home });
    await expectOutcome('OK', ['approve', PILOT_3, '--as', 'bob'], { home });
    rmSync(`${home}/trust.json`);
    await expectOutcome('UNTRUSTED', online(), { home });
    expect(existsSync(`${home}/trust.json`)).toBe(false);
  });

  test('leaves that are gone or forged name no chunk; the release stays what it is', async () => {
    const box = sandbox();
    const home = box.publisher();
    const spoiled = box.model('pilot-2');
    flipByte(`${spoiled}/model.safetensors`, 1_500_000);
    const verify = ['verify', spoiled, '--release', PILOT_2];
    expect((await expectOutcome('TAMPERED', verify, { home })).answer.chunk).toBe(1);
    for (const name of namesIn(`${home}/leaves`)) flipByte(`${home}/leaves/${name}`, 0);
    expect((await expectOutcome('TAMPERED', verify, { home })).answer).not.toHaveProperty('chunk');
    await expectOutcome('OK', online(), { home });
    rmSync(`${home}/leaves`, { recursive: true });
    expect((await expectOutcome('TAMPERED', verify, { home })).answer).not.toHaveProperty('chunk');
  });

  test('a registered release whose files are kept again after they were lost', async () => {
    const box = sandbox();
    const home = box.publisher();
    for (const name of ['leaves', 'manifests']) {
      rmSync(`${home}/${name}`, { recursive: true });
      mkdirSync(`${home}/${name}`);
    }
    await expectOutcome('UNVERIFIABLE', online(), { home });
    const register = [
      'register',
      prepared.model('pilot-2'),
      '--model',
      'acme/pilot',
      '--version',
      '2.0.0',
      '--license',
      'MIT',
    ];
    expect((await expectOutcome('OK', register, { home })).answer.created).toBe(false);
    await expectOutcome('OK', online(), { home });
  });

  test('homes that may only be read serve readers', async () => {
    const box = sandbox();
    const home = box.publisher();
    const under = [
      'unshare',
      '-m',
      'sh',
      '-c',
      'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
      home,
    ];
    for (const line of [
      online(),
      ['show', PILOT_1],
      ['list'],
      ['key', 'list'],
      ['namespace', 'show', 'acme'],
      ['doctor'],
    ])
      await expectOutcome('OK', line, { home, under });
    for (const line of [
      ['key', 'new', 'x'],
      ['approve', PILOT_3, '--as', 'bob'],
      ['trust', 'import', prepared.trust],
    ])
      await expectOutcome('IO', line, { home, under });
  });
});
