import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { flipByte, sortedJson } from '../support/damage.js';
import { PILOT_1, PILOT_2, PILOT_3, prepared, sandbox, TINY } from '../support/sandbox.js';
import { snapshot } from '../support/snapshot.js';

const home = () => ({ home: prepared.home });

describe('show', () => {
  test.each([
    [PILOT_1, { status: 'superseded', versionCode: 1, reason: null, approvals: [{ role: 'legal', name: 'alice' }] }],
    [PILOT_2, { status: 'approved', versionCode: 2, reason: null, approvals: [{ role: 'legal', name: 'alice' }] }],
    [PILOT_3, { status: 'pending', versionCode: 3, reason: null, approvals: [] }],
    [TINY, { status: 'revoked', versionCode: 1, reason: 'recalled' }],
  ])('%s: %o', async (ref, wanted) => {
    const { answer } = await expectOutcome('OK', ['show', ref], home());
    expect(answer).toMatchObject({ release: ref, threshold: 1, channels: ['git-lfs', 'ipfs'], ...wanted });
    for (const name of ['releaseDigest', 'contentDigest']) expect(answer[name]).toMatch(/^[0-9a-f]{128}$/);
    for (const { key, at } of answer.approvals as { key: string; at: string }[]) {
      expect(key).toMatch(/^0x[0-9a-fA-F]{40}$/);
      expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    }
  });

  test('--manifest prints the canonical manifest alone: its SHA3-512 is the release digest', async () => {
    const { answer } = await expectOutcome('OK', ['show', PILOT_1], home());
    const { stdout } = await weighbridge(['show', PILOT_1, '--manifest'], { ...home(), json: false });
    expect(createHash('sha3-512').update(stdout).digest('hex')).toBe(answer.releaseDigest);
    expect(stdout).toBe(sortedJson(JSON.parse(stdout)));
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      'baseModels',
      'files',
      'format',
      'license',
      'model',
      'source',
      'version',
      'versionCode',
    ]);
    await expectOutcome('OK', ['show', PILOT_1, '--manifest'], home());
  });

  test('UNVERIFIABLE: what nobody registered, a home without a chain', async () => {
    const { at } = sandbox();
    for (const ref of ['acme/none@1.0.0', 'acme/pilot@9.9.9', 'nobody/none@1'])
      await expectOutcome('UNVERIFIABLE', ['show', ref], home());
    await expectOutcome('UNVERIFIABLE', ['show', PILOT_1], { home: at('fresh') });
    expect(existsSync(at('fresh'))).toBe(false);
  });

  test('a manifest that is gone or damaged is told from a release that is not there', async () => {
    const box = sandbox();
    const copy = { home: box.publisher() };
    const { answer } = await expectOutcome('OK', ['show', PILOT_1], copy);
    const file = `${copy.home}/manifests/${answer.releaseDigest}.json`;
    flipByte(file, 40);
    for (const line of [
      ['show', PILOT_1, '--manifest'],
      ['verify', prepared.model('pilot-1'), '--release', PILOT_1],
    ]) {
      const { outcome } = (await weighbridge(line, copy)).answer;
      expect(['TAMPERED', 'UNVERIFIABLE', 'MALFORMED'], String(outcome)).toContain(outcome);
    }
    rmSync(file);
    const gone = await expectOutcome('OK', ['show', PILOT_1], copy);
    expect(gone.answer).toMatchObject({ status: 'superseded', contentDigest: null });
    await expectOutcome('UNVERIFIABLE', ['show', PILOT_1, '--manifest'], copy);
    await expectOutcome('UNVERIFIABLE', ['bundle', 'export', PILOT_1, '-o', box.at('b')], copy);
    expect(existsSync(box.at('b'))).toBe(false);
  });

  test.each(['', 'acme/pilot', 'acme/pilot@', 'acme/../x@1.0.0', 'a/b/c@1', 'acme/x@1@2'])(
    'USAGE: the reference %j',
    async (ref) => {
      await expectOutcome('USAGE', ['show', ref], home());
    },
  );

  test('USAGE: no reference, two, an unknown flag', async () => {
    for (const line of [
      ['show'],
      ['show', PILOT_1, PILOT_2],
      ['show', PILOT_1, '--raw'],
      ['list', 'acme'],
      ['list', '--all'],
    ])
      await expectOutcome('USAGE', line, home());
  });
});

describe('list', () => {
  test('every release with the members of show, by model and version code', async () => {
    const { answer } = await expectOutcome('OK', ['list'], home());
    const releases = answer.releases as Record<string, unknown>[];
    expect(releases.map(({ release }) => release)).toEqual([PILOT_1, PILOT_2, PILOT_3, TINY]);
    for (const listed of releases) {
      const shown = await expectOutcome('OK', ['show', String(listed.release)], home());
      const { outcome: _, message: __, ...members } = shown.answer;
      expect(listed).toEqual(members);
    }
    const { stdout } = await weighbridge(['list'], { ...home(), json: false });
    for (const { release, status } of releases) expect(stdout).toMatch(new RegExp(`${release}\\s+${status}`));
  });

  test('an empty list of an empty home, which is not made', async () => {
    const { at } = sandbox();
    expect((await expectOutcome('OK', ['list'], { home: at('fresh') })).answer.releases).toEqual([]);
    expect(existsSync(at('fresh'))).toBe(false);
  });

  test('a stray file among the manifests is passed over', async () => {
    const box = sandbox();
    const copy = box.publisher();
    writeFileSync(`${copy}/manifests/README.md`, 'notes');
    expect((await expectOutcome('OK', ['list'], { home: copy })).answer.releases).toHaveLength(4);
  });
});

test('what only reads changes nothing of the home', async () => {
  const box = sandbox();
  const copy = { home: box.publisher() };
  const before = snapshot(copy.home);
  const lines = [
    ['show', PILOT_1],
    ['list'],
    ['namespace', 'show', 'acme'],
    ['key', 'list'],
    ['doctor'],
    ['bundle', 'inspect', prepared.bundle('pilot-1')],
    ['verify', prepared.model('pilot-1'), '--release', PILOT_1],
  ];
  for (const line of lines) await expectOutcome('OK', line, copy);
  expect(snapshot(copy.home)).toEqual(before);
  expect(readdirSync(copy.home)).not.toContain('device-state.json');
});
