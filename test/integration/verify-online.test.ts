import { existsSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { testKey } from '@weighbridge/verify/testing/keys';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { editJson, flipByte } from '../support/damage.js';
import { MIB, put } from '../support/models.js';
import { openSandbox, PILOT_1, PILOT_2, PILOT_3, prepared, type Sandbox, sandbox, TINY } from '../support/sandbox.js';
import { snapshot } from '../support/snapshot.js';
import { TAMPERINGS } from '../support/tamperings.js';

const online = (folder: string, ref: string, ...more: string[]) => ['verify', folder, '--release', ref, ...more];
const ours = () => ({ home: prepared.home });

describe('asking the chain', () => {
  test('OK: approved and superseded releases, with the members of every verdict', async () => {
    const { answer } = await expectOutcome('OK', online(prepared.model('pilot-2'), PILOT_2), ours());
    expect(answer).toMatchObject({
      release: PILOT_2,
      releaseDigest: expect.stringMatching(/^[0-9a-f]{128}$/),
      status: 'approved',
      anchor: 'witness',
      clock: 'host',
      ageSeconds: expect.any(Number),
      files: 5,
      bytes: expect.any(Number),
      engine: expect.any(String),
      notes: expect.any(Array),
      development: true,
    });
    expect(answer.ageSeconds).toBeLessThan(60);
    const one = await expectOutcome('OK', online(prepared.model('pilot-1'), PILOT_1, '--all-digests'), ours());
    expect(one.answer.status).toBe('superseded');
    const { stdout } = await weighbridge(online(prepared.model('pilot-2'), PILOT_2), { ...ours(), json: false });
    expect(stdout).toMatch(/^verified .*\nrelease digest .*note: .*development/s);
  });

  test('NOT_APPROVED, REVOKED and UNVERIFIABLE: pending, revoked and unknown releases, whatever the bytes', async () => {
    const pending = await expectOutcome('NOT_APPROVED', online(prepared.model('pilot-3'), PILOT_3), ours());
    expect(pending.answer).toMatchObject({ release: PILOT_3, status: 'pending', development: true });
    const revoked = await expectOutcome('REVOKED', online(prepared.model('tiny'), TINY), ours());
    expect(revoked.answer).toMatchObject({ release: TINY, status: 'revoked' });
    await expectOutcome('NOT_APPROVED', online(prepared.model('pilot-1'), PILOT_3), ours());
    await expectOutcome('UNVERIFIABLE', online(prepared.model('pilot-1'), 'acme/none@1.0.0'), ours());
    await expectOutcome('UNVERIFIABLE', online(prepared.model('pilot-1'), 'nobody/pilot@1.0.0'), ours());
  });

  test('UNVERIFIABLE: no release, no chain, no network allowed', async () => {
    const { at } = sandbox();
    await expectOutcome('UNVERIFIABLE', ['verify', prepared.model('pilot-1')], ours());
    await expectOutcome('UNVERIFIABLE', online(prepared.model('pilot-1'), PILOT_1, '--offline'), ours());
    await expectOutcome('UNVERIFIABLE', online(prepared.model('pilot-1'), PILOT_1), { home: at('fresh') });
    expect(existsSync(at('fresh'))).toBe(false);
  });

  test('TAMPERED or WRONG_ARTIFACT: the files of another release', async () => {
    const { answer } = await expectOutcome('TAMPERED', online(prepared.model('pilot-2'), PILOT_1), ours());
    for (const file of ['config.json', 'README.md', 'model.safetensors'])
      expect(JSON.stringify(answer)).toContain(file);
    await expectOutcome('WRONG_ARTIFACT', online(prepared.model('tiny'), PILOT_1), ours());
  });

  test('changes nothing, in the folder and at home', async () => {
    const box = sandbox();
    const [home, folder] = [box.publisher(), box.model('pilot-1')];
    const before = [snapshot(home), snapshot(folder)];
    await expectOutcome('OK', online(folder, PILOT_1), { home });
    flipByte(`${folder}/model.safetensors`, 2 * MIB + 1);
    const spoiled = snapshot(folder);
    const { answer } = await expectOutcome('TAMPERED', online(folder, PILOT_1), { home });
    expect(answer).toMatchObject({ file: 'model.safetensors', chunk: 2 });
    expect([snapshot(home), snapshot(folder)]).toEqual([before[0], spoiled]);
  });

  test.each(TAMPERINGS.filter((_, index) => index % 8 === 0))('TAMPERED: $name', async ({ apply }) => {
    const box = sandbox();
    const folder = box.model('pilot-1');
    await apply(folder);
    await expectOutcome('TAMPERED', online(folder, PILOT_1), ours());
  });

  test('OK: a Git checkout with --git-checkout; .weighbridge/ passed over', async () => {
    const box = sandbox();
    const folder = box.model('pilot-1');
    await put(`${folder}/.git/HEAD`, 'x');
    await put(`${folder}/.weighbridge/manifest.json`, '{}');
    await expectOutcome('TAMPERED', online(folder, PILOT_1), ours());
    const { answer } = await expectOutcome('OK', online(folder, PILOT_1, '--git-checkout'), ours());
    expect(String(answer.notes)).toMatch(/\.git\//);
  });
});

describe('with another trust file than the home has', () => {
  let box: Sandbox;
  beforeAll(() => {
    box = openSandbox();
    box.publisher();
  });
  afterAll(() => rmSync(box.folder, { recursive: true, force: true }));
  const trusting = (change: object) => {
    const file = box.copy(prepared.trust, `trust-${readdirSync(box.folder).length}.json`);
    editJson(file, (trust) => ({ ...trust, ...change }));
    return file;
  };

  test('UNTRUSTED, WRONG_ARTIFACT, USAGE, MALFORMED and LIMIT, as with a bundle', async () => {
    const mallory = testKey('mallory').address;
    const verify = (trust: string) => online(prepared.model('pilot-1'), PILOT_1, '--trust', trust);
    const options = { home: box.at('publisher') };
    for (const change of [
      { witnesses: [mallory] },
      { contract: mallory },
      { codeHash: 'ab'.repeat(32) },
      { chainId: 1 },
    ])
      await expectOutcome('UNTRUSTED', verify(trusting(change)), options);
    await expectOutcome('WRONG_ARTIFACT', verify(trusting({ models: ['acme/other'] })), options);
    await expectOutcome('OK', verify(trusting({ models: ['acme/pilot'] })), options);
    await expectOutcome('MALFORMED', verify(trusting({ models: [] })), options);
    await expectOutcome('USAGE', verify(box.at('none')), options);
    truncateSync(trusting({}), 0);
    rmSync(box.at('publisher/trust.json'));
    await expectOutcome('UNTRUSTED', online(prepared.model('pilot-1'), PILOT_1), options);
  });

  test('USAGE: where the home trusts another chain, the embedded one is not started', async () => {
    const home = box.publisher('elsewhere');
    editJson(`${home}/trust.json`, (trust) => ({ ...trust, chainId: 11_155_111 }));
    for (const line of [online(prepared.model('pilot-1'), PILOT_1), ['show', PILOT_1], ['list'], ['require', PILOT_1]])
      await expectOutcome('USAGE', line, { home });
    await expectOutcome('USAGE', ['register', prepared.model('tiny'), '--model', 'acme/t', '--version', '1'], { home });
  });

  test('UNTRUSTED: where the home trusts another contract', async () => {
    const home = box.publisher('other contract');
    editJson(`${home}/trust.json`, (trust) => ({ ...trust, contract: testKey('mallory').address }));
    for (const line of [online(prepared.model('pilot-1'), PILOT_1), ['show', PILOT_1]])
      await expectOutcome('UNTRUSTED', line, { home });
  });
});
