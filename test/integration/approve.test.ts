import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { testKey } from '@weighbridge/verify/testing/keys';
import { approvalDigest } from '@weighbridge/verify/approval';
import { canonicalApprovalFile, parseApprovalFile } from '@weighbridge/verify/approval-file';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { fakeTime } from '../support/fake-time.js';
import { editJson, flipByte, sortedJson } from '../support/damage.js';
import { openSandbox, PILOT_1, PILOT_2, PILOT_3, prepared, type Sandbox, sandbox, TINY } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

const approve = (ref: string, ...more: string[]) => ['approve', ref, ...more];

describe('approve by transaction', () => {
  test('counts each approver once; 2 of 2 are needed where 2 are', async () => {
    const box = sandbox();
    const home = box.publisher();
    const claim = ['namespace', 'claim', 'duo', '--approver', 'alice=legal', '--approver', 'bob=security'];
    await expectOutcome('OK', claim, { home });
    const register = ['register', prepared.model('tiny'), '--model', 'duo/tiny', '--version', '1'];
    await expectOutcome('OK', register, { home });
    const ref = 'duo/tiny@1';
    await expectOutcome('USAGE', approve(ref), { home });
    const first = await expectOutcome('OK', approve(ref, '--as', 'alice', '--role', 'legal'), { home });
    const twice = await expectOutcome('OK', approve(ref, '--as', 'alice'), { home });
    for (const { answer } of [first, twice]) {
      expect(answer).toMatchObject({
        release: ref,
        status: 'pending',
        threshold: 2,
        approvals: [{ role: 'legal', name: 'alice', at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) }],
      });
      expect(answer.approvals).toHaveLength(1);
    }
    await expectOutcome('NOT_APPROVED', ['verify', prepared.model('tiny'), '--release', ref], { home });
    await expectOutcome('NOT_APPROVED', ['bundle', 'export', ref, '-o', box.at('b')], { home });
    await expectOutcome('NOT_APPROVED', ['require', ref], { home });
    const second = await expectOutcome('OK', approve(ref, '--as', 'bob'), { home });
    expect(second.answer).toMatchObject({ status: 'approved', approvals: [{ role: 'legal' }, { role: 'security' }] });
    await expectOutcome('OK', ['verify', prepared.model('tiny'), '--release', ref], { home });
  });

  test('refuses whoever has no seat; nothing changes', async () => {
    const box = sandbox();
    const home = box.publisher();
    await expectOutcome('OK', ['key', 'new', 'mallory'], { home });
    await expectOutcome('UNTRUSTED', approve(PILOT_3, '--as', 'publisher'), { home });
    await expectOutcome('UNTRUSTED', approve(PILOT_3, '--as', 'warden'), { home });
    await expectOutcome('UNTRUSTED', approve(PILOT_3, '--as', 'mallory'), { home });
    await expectOutcome('UNTRUSTED', approve(PILOT_3, '--as', 'alice', '--role', 'security'), { home });
    await expectOutcome('USAGE', approve(PILOT_3, '--as', 'nobody'), { home });
    await expectOutcome('USAGE', approve(PILOT_3), { home });
    await expectOutcome('REVOKED', approve(TINY, '--as', 'alice'), { home });
    await expectOutcome('UNVERIFIABLE', approve('acme/none@1.0.0', '--as', 'alice'), { home });
    await expectOutcome('UNVERIFIABLE', approve('nobody/none@1.0.0', '--as', 'alice'), { home });
    for (const ref of ['', 'acme/pilot', 'acme/../pilot@1'])
      await expectOutcome('USAGE', approve(ref, '--as', 'alice'), { home });
    const after = await expectOutcome('OK', ['show', PILOT_3], { home });
    expect(after.answer).toMatchObject({ status: 'pending', approvals: [] });
  });

  test('takes the only approver key at hand, and wants a name where there are none or two', async () => {
    const box = sandbox();
    const home = box.publisher();
    rmSync(`${home}/keys/bob.json`);
    const { answer } = await expectOutcome('OK', approve(PILOT_3), { home });
    expect(answer).toMatchObject({ status: 'approved', approvals: [{ name: 'alice' }] });
    rmSync(`${home}/keys/alice.json`);
    await expectOutcome('USAGE', approve(PILOT_3), { home });
    await expectOutcome('UNVERIFIABLE', approve(PILOT_3), { home: box.at('fresh') });
    expect(existsSync(box.at('fresh'))).toBe(false);
  });
});

describe('approve by signature', () => {
  let box: Sandbox;
  let home: string;
  let file: string;
  beforeAll(async () => {
    box = openSandbox();
    home = box.publisher();
    file = box.at('alice.approval');
    await weighbridge(approve(PILOT_3, '--as', 'alice', '--sign-only', '-o', file), { home, json: false });
  });
  afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

  /** A copy of the good approval, changed. */
  const forged = (name: string, change: (path: string) => unknown): string => {
    change(box.copy(file, name));
    return box.at(name);
  };
  const relay = (path: string, ref = PILOT_3) => approve(ref, '--relay', path);

  test('signs for 7 days, sends nothing, and writes canonical JSON', async () => {
    const { answer } = await expectOutcome('OK', ['show', PILOT_3], { home });
    expect(answer).toMatchObject({ status: 'pending', approvals: [] });
    const text = readFileSync(file, 'utf8');
    const value = JSON.parse(text);
    expect(text).toBe(sortedJson(value));
    expect(value).toMatchObject({
      model: 'acme/pilot',
      version: '3.0.0',
      versionCode: 3,
      releaseDigest: answer.releaseDigest,
    });
    const seconds = (Date.parse(value.deadline) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(7 * 86_400 - 900);
    expect(seconds).toBeLessThanOrEqual(7 * 86_400);
  });

  test.each<[string, (value: Record<string, unknown>) => unknown]>([
    ['digest', (value) => Object.assign(value, { releaseDigest: 'ab'.repeat(64) })],
    ['version', (value) => Object.assign(value, { version: '2.0.0' })],
    ['model', (value) => Object.assign(value, { model: 'acme/tiny' })],
    ['approver', (value) => Object.assign(value, { approver: testKey('mallory').address })],
    ['deadline, to one that has passed', (value) => Object.assign(value, { deadline: '2020-01-01T00:00:00Z' })],
    ['chain', (value) => Object.assign(value, { chainId: 1 })],
  ])('UNTRUSTED: a signature over another %s', async (name, change) => {
    await expectOutcome('UNTRUSTED', relay(forged(`other ${name}`, (path) => editJson(path, change))), { home });
  });

  test('UNTRUSTED: a good signature of somebody who is no approver, or of one in the name of another', async () => {
    const approval = parseApprovalFile(readFileSync(file));
    const mallory = testKey('mallory');
    const signed = (approver: typeof approval.approver) => {
      const facts = { ...approval, approver };
      return canonicalApprovalFile({ ...facts, signature: mallory.sign(approvalDigest(facts, facts)) });
    };
    writeFileSync(box.at('mallory.approval'), signed(mallory.address));
    writeFileSync(box.at('as-alice.approval'), signed(approval.approver));
    await expectOutcome('UNTRUSTED', relay(box.at('mallory.approval')), { home });
    await expectOutcome('UNTRUSTED', relay(box.at('as-alice.approval')), { home });
  });

  test('WRONG_ARTIFACT: relayed for another release', async () => {
    await expectOutcome('WRONG_ARTIFACT', relay(file, PILOT_2), { home });
    await expectOutcome('WRONG_ARTIFACT', relay(file, PILOT_1), { home });
    await expectOutcome('WRONG_ARTIFACT', relay(file, 'acme/none@1.0.0'), { home });
  });

  test('STALE: past its deadline, to the second', async () => {
    const path = box.at('short.approval');
    const line = approve(PILOT_3, '--as', 'bob', '--sign-only', '-o', path, '--deadline', '1h');
    await expectOutcome('OK', line, { home });
    const deadline = Date.parse(JSON.parse(readFileSync(path, 'utf8')).deadline) / 1000;
    const late = box.copy(home, 'late');
    const at = (seconds: number) => fakeTime(deadline + seconds);
    await expectOutcome('STALE', relay(path), { home: late, under: at(1) });
    await expectOutcome('OK', relay(path), { home: late, under: at(-30) });
  });

  test.each<[string, (path: string) => unknown]>([
    ['a member less', (path) => editJson(path, ({ epoch: _, ...value }) => value)],
    ['a high s', (path) => editJson(path, (value) => ({ ...value, signature: highS(String(value.signature)) }))],
    ['v of 0 or 1', (path) => editJson(path, (value) => ({ ...value, signature: lowV(String(value.signature)) }))],
    [
      '64 bytes of signature',
      (path) => editJson(path, (value) => ({ ...value, signature: String(value.signature).slice(0, -4) })),
    ],
    [
      'an upper-case digest',
      (path) => editJson(path, (value) => ({ ...value, releaseDigest: String(value.releaseDigest).toUpperCase() })),
    ],
    [
      'a lower-case address',
      (path) => editJson(path, (value) => ({ ...value, approver: String(value.approver).toLowerCase() })),
    ],
  ])('MALFORMED: a file with %s', async (name, change) => {
    await expectOutcome('MALFORMED', relay(forged(`malformed ${name}`, change)), { home });
  });

  test('LIMIT: a file of more than 4 KiB', async () => {
    await expectOutcome('LIMIT', relay(forged('huge', (path) => writeFileSync(path, ' '.repeat(5000)))), { home });
    await expectOutcome('LIMIT', relay(prepared.bundle('pilot-1')), { home });
  });

  test('USAGE: no file, a folder, a FIFO; flags that do not go together', async () => {
    execFileSync('mkfifo', [box.at('fifo')]);
    mkdirSync(box.at('folder'));
    for (const path of [box.at('none'), box.at('fifo'), box.at('folder'), ''])
      await expectOutcome('USAGE', relay(path), { home });
    const as = approve(PILOT_3, '--as', 'bob');
    await expectOutcome('USAGE', [...as, '--sign-only'], { home });
    await expectOutcome('USAGE', [...as, '-o', box.at('x')], { home });
    await expectOutcome('USAGE', [...as, '--deadline', '1h'], { home });
    await expectOutcome('USAGE', [...as, '--sign-only', '-o', box.at('x'), '--relay', file], { home });
    for (const deadline of ['', '7', '-1d', '1.5h', '400d'])
      await expectOutcome('USAGE', [...as, '--sign-only', '-o', box.at('x'), `--deadline=${deadline}`], { home });
    await expectOutcome('USAGE', [...relay(file), '--as', 'nobody'], { home });
    expect(namesIn(box.folder)).not.toContain('x');
  });

  test('USAGE: -o into no folder or onto one; a refused signature writes nothing', async () => {
    const sign = (path: string, key = 'bob') => approve(PILOT_3, '--as', key, '--sign-only', '-o', path);
    mkdirSync(box.at('taken'));
    symlinkSync('taken', box.at('link-to-folder'));
    for (const path of [box.at('no/folder/x'), box.at('taken'), box.at('link-to-folder'), `${file}/x`, ''])
      await expectOutcome('USAGE', sign(path), { home });
    await expectOutcome('UNTRUSTED', sign(box.at('x'), 'publisher'), { home });
    await expectOutcome('UNTRUSTED', sign(box.at('x'), 'warden'), { home });
    await expectOutcome('UNTRUSTED', [...sign(box.at('x')), '--role', 'legal'], { home });
    await expectOutcome('REVOKED', approve(TINY, '--as', 'bob', '--sign-only', '-o', box.at('x')), { home });
    expect(namesIn(box.folder)).not.toContain('x');
    expect(namesIn(box.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('anyone may relay it, again too; it counts once', async () => {
    await expectOutcome('OK', ['key', 'new', 'courier'], { home });
    const first = await expectOutcome('OK', [...relay(file), '--as', 'courier'], { home });
    expect(first.answer).toMatchObject({ status: 'approved', approvals: [{ role: 'legal', name: 'alice' }] });
    const again = await expectOutcome('OK', relay(file), { home });
    expect(again.answer.approvals).toHaveLength(1);
    flipByte(file, 30);
    expect((await weighbridge(relay(file), { home })).answer.outcome).not.toBe('OK');
  });
});

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The same signature in its other spelling. */
function highS(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const s = ORDER - BigInt(`0x${bytes.subarray(32, 64).toString('hex')}`);
  bytes.write(s.toString(16).padStart(64, '0'), 32, 'hex');
  bytes[64]! = 55 - bytes[64]!;
  return bytes.toString('base64');
}

function lowV(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[64]! -= 27;
  return bytes.toString('base64');
}
