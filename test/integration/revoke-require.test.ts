import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { openSandbox, PILOT_1, PILOT_2, PILOT_3, prepared, type Sandbox, TINY } from '../support/sandbox.js';

const revoke = (ref: string, ...more: string[]) => ['revoke', ref, '--reason', 'recalled', ...more];
const require = (ref: string, ...more: string[]) => ['require', ref, ...more];
const online = (model: string, ref: string) => ['verify', prepared.model(model), '--release', ref];

let box: Sandbox;
let home: string;
beforeAll(() => {
  box = openSandbox();
  home = box.publisher();
});
afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

describe('require', () => {
  test('refuses what is pending, revoked, unknown, and whoever is not the guardian', async () => {
    await expectOutcome('NOT_APPROVED', require(PILOT_3), { home });
    await expectOutcome('REVOKED', require(TINY), { home });
    await expectOutcome('UNVERIFIABLE', require('acme/none@1.0.0'), { home });
    await expectOutcome('UNVERIFIABLE', require(PILOT_1), { home: box.at('fresh') });
    for (const key of ['publisher', 'alice']) await expectOutcome('UNTRUSTED', require(PILOT_1, '--as', key), { home });
    await expectOutcome('USAGE', require(PILOT_1, '--as', 'nobody'), { home });
    for (const line of [['require'], require('acme/pilot'), require(PILOT_1, PILOT_2)])
      await expectOutcome('USAGE', line, { home });
  });

  test('raises what devices accept; the same and lower ones are OK and change nothing', async () => {
    const first = await expectOutcome('OK', require(PILOT_1), { home });
    expect(first.answer).toMatchObject({ release: PILOT_1, status: 'superseded', threshold: 1 });
    await expectOutcome('OK', online('pilot-1', PILOT_1), { home });
    const raised = await expectOutcome('OK', require(PILOT_2, '--as', 'warden'), { home });
    expect(raised.answer).toMatchObject({ release: PILOT_2, status: 'approved', approvals: [{ role: 'legal' }] });
    for (const ref of [PILOT_2, PILOT_1]) await expectOutcome('OK', require(ref), { home });
    await expectOutcome('ROLLBACK', online('pilot-1', PILOT_1), { home });
    await expectOutcome('OK', online('pilot-2', PILOT_2), { home });
  });

  test('its bundle tells devices, which then refuse the older bundle too', async () => {
    const device = { home: box.at('device') };
    const [one, two] = [box.at('1.bundle'), box.at('2.bundle')];
    await expectOutcome('OK', ['bundle', 'export', PILOT_1, '-o', one], { home });
    await expectOutcome('OK', ['bundle', 'export', PILOT_2, '-o', two], { home });
    const verify = (model: string, bundle: string) => [
      'verify',
      prepared.model(model),
      '--bundle',
      bundle,
      '--trust',
      prepared.trust,
    ];
    await expectOutcome('OK', verify('pilot-1', prepared.bundle('pilot-1')), device);
    await expectOutcome('ROLLBACK', verify('pilot-1', one), device);
    await expectOutcome('OK', verify('pilot-2', two), device);
    await expectOutcome('ROLLBACK', verify('pilot-1', prepared.bundle('pilot-1')), device);
  });
});

test("USAGE: the guardian's key is not at hand, and none is named", async () => {
  const elsewhere = box.copy(prepared.home, 'elsewhere');
  rmSync(`${elsewhere}/keys/warden.json`);
  for (const line of [revoke(PILOT_1), require(PILOT_1)]) await expectOutcome('USAGE', line, { home: elsewhere });
  await expectOutcome('UNTRUSTED', revoke(PILOT_1, '--as', 'publisher'), { home: elsewhere });
});

describe('revoke', () => {
  test('refuses what is unknown, whoever is not the guardian, a missing or empty reason', async () => {
    await expectOutcome('UNVERIFIABLE', revoke('acme/none@1.0.0'), { home });
    await expectOutcome('UNVERIFIABLE', revoke(PILOT_1), { home: box.at('fresh') });
    for (const key of ['publisher', 'bob']) await expectOutcome('UNTRUSTED', revoke(PILOT_1, '--as', key), { home });
    await expectOutcome('USAGE', revoke(PILOT_1, '--as', 'nobody'), { home });
    await expectOutcome('USAGE', ['revoke', PILOT_1], { home });
    for (const reason of ['', '  ', 'x'.repeat(1025)])
      await expectOutcome('USAGE', ['revoke', PILOT_1, '--reason', reason], { home });
    await expectOutcome('USAGE', revoke(PILOT_1, '--code', 'boredom'), { home });
    await expectOutcome('USAGE', revoke(PILOT_1, '--code', 'none'), { home });
    const { answer } = await expectOutcome('OK', ['show', PILOT_1], { home });
    expect(answer.status).toBe('superseded');
  });

  test('a release that was approved, and one that never was; again is OK and changes nothing', async () => {
    const approved = await expectOutcome('OK', revoke(PILOT_2, '--code', 'security'), { home });
    expect(approved.answer).toMatchObject({ release: PILOT_2, status: 'revoked', threshold: 1 });
    await expectOutcome('OK', revoke(PILOT_3), { home });
    const again = ['revoke', PILOT_2, '--reason', 'another word', '--code', 'legal'];
    expect((await expectOutcome('OK', again, { home })).answer.status).toBe('revoked');
    const { answer } = await expectOutcome('OK', ['show', PILOT_2], { home });
    expect(answer).toMatchObject({ status: 'revoked', reason: 'recalled' });
  });

  test('is final: not approved, required, registered or accepted again; its bundle is written all the same', async () => {
    await expectOutcome('REVOKED', ['approve', PILOT_3, '--as', 'alice'], { home });
    await expectOutcome('REVOKED', require(PILOT_2), { home });
    const register = ['register', prepared.model('pilot-2'), '--model', 'acme/pilot', '--version', '2.0.0'];
    await expectOutcome('REVOKED', [...register, '--license', 'MIT'], { home });
    const refused = await expectOutcome('REVOKED', online('pilot-2', PILOT_2), { home });
    expect(refused.answer).toMatchObject({ release: PILOT_2, status: 'revoked' });
    const bundle = box.at('revoked.bundle');
    const written = await expectOutcome('OK', ['bundle', 'export', PILOT_2, '-o', bundle], { home });
    expect(written.answer.status).toBe('revoked');
    const device = ['verify', prepared.model('pilot-2'), '--bundle', bundle, '--trust', prepared.trust];
    await expectOutcome('REVOKED', device, { home: box.at('device') });
    await expectOutcome('REVOKED', [...device, '--state', 'none'], { home: box.at('other-device') });
  });
});
