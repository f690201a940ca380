import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parseBundle, buildBundle } from '@weighbridge/verify/bundle';
import { signCheckpoint } from '@weighbridge/verify/testing/world';
import { testKey } from '@weighbridge/verify/testing/keys';
import { canonicalTrust, parseTrust, type Trust } from '@weighbridge/verify/trust';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { verifyOffline } from '../support/device.js';
import { fakeTime } from '../support/fake-time.js';
import { openSandbox, prepared, type Sandbox, sandbox } from '../support/sandbox.js';

const DAY = 86_400;
const YEARS_10 = 3650 * DAY;
const MAX_AGE = 30 * DAY;
/** A start-up takes a while; what begins at the last good second may end after it. */
const SLACK = 120;

let box: Sandbox;
/** When the witness of the bundle signed, Unix seconds. */
let issuedAt: number;
beforeAll(() => {
  box = openSandbox();
  issuedAt = parseBundle(readFileSync(prepared.bundle('pilot-1'))).checkpoint.signatures[0]!.issuedAt;
});
afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

const line = (...more: string[]) => verifyOffline(prepared.model('pilot-1'), {}, ...more);
const auditor = ['--state', 'none'];
const at = (seconds: number) => ({ home: box.at('fresh'), under: fakeTime(seconds) });

describe('the age of a proof', () => {
  test('within max age OK, past it STALE, with the age', async () => {
    const fresh = await expectOutcome('OK', line(...auditor), at(issuedAt + MAX_AGE - SLACK));
    expect(fresh.answer).toMatchObject({ clock: 'host' });
    expect(fresh.answer.ageSeconds).toBeGreaterThanOrEqual(MAX_AGE - SLACK);
    expect(fresh.answer.ageSeconds).toBeLessThanOrEqual(MAX_AGE);
    const old = await expectOutcome('STALE', line(...auditor), at(issuedAt + MAX_AGE + 1));
    expect(old.answer.message).toMatch(/30 days|2592001|30d/);
    await expectOutcome('STALE', line(...auditor), at(issuedAt + MAX_AGE + YEARS_10));
  });

  test('to the second: −1, 0 and +1 of the max age, by the clock that is decided with', async () => {
    const frozen = (seconds: number) => {
      const utc = new Date((issuedAt + MAX_AGE + seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
      return { home: box.at('fresh'), under: ['env', 'TZ=UTC', 'faketime', '-f', utc] };
    };
    for (const seconds of [-1, 0]) {
      const { answer } = await expectOutcome('OK', line(...auditor), frozen(seconds));
      expect(answer.ageSeconds).toBe(MAX_AGE + seconds);
    }
    await expectOutcome('STALE', line(...auditor), frozen(1));
  });

  test('a revocation never grows old', async () => {
    const revoked = verifyOffline(prepared.model('tiny'), { bundle: prepared.bundle('tiny-revoked') }, ...auditor);
    await expectOutcome('REVOKED', revoked, at(issuedAt + MAX_AGE + YEARS_10));
  });

  test('STALE comes after ROLLBACK and before TAMPERED and NOT_APPROVED', async () => {
    const own = sandbox();
    const device = { home: own.at('device') };
    const newer = verifyOffline(prepared.model('pilot-2'), { bundle: prepared.bundle('pilot-2') });
    await expectOutcome('OK', newer, device);
    const late = { ...device, under: fakeTime(issuedAt + MAX_AGE + DAY) };
    await expectOutcome('ROLLBACK', line(), late);
    await expectOutcome('STALE', newer, late);
    const other = verifyOffline(prepared.model('pilot-1'), { bundle: prepared.bundle('pilot-2') });
    await expectOutcome('STALE', other, late);
  });

  test('bundle export --max-age asks the witness for less', async () => {
    const own = sandbox();
    const home = own.publisher();
    const bundle = own.at('hour.bundle');
    const { answer } = await expectOutcome(
      'OK',
      ['bundle', 'export', 'acme/pilot@1.0.0', '-o', bundle, '--max-age', '1h'],
      { home },
    );
    expect(answer.maxAgeSeconds).toBe(3600);
    const signed = parseBundle(readFileSync(bundle)).checkpoint.signatures[0]!.issuedAt;
    const verify = verifyOffline(prepared.model('pilot-1'), { bundle }, ...auditor);
    await expectOutcome('OK', verify, { home: own.at('d'), under: fakeTime(signed + 3600 - SLACK) });
    await expectOutcome('STALE', verify, { home: own.at('d'), under: fakeTime(signed + 3601) });
  });
});

describe('a clock that was put back', () => {
  test('clock: unset, and what is old stays old', async () => {
    const own = sandbox();
    const device = (seconds: number) => ({ home: own.at('device'), under: fakeTime(seconds) });
    await expectOutcome('OK', line(), device(issuedAt + 20 * DAY));
    const back = await expectOutcome('OK', line(), device(issuedAt + DAY));
    expect(back.answer.clock).toBe('unset');
    expect(back.answer.ageSeconds).toBeGreaterThanOrEqual(20 * DAY);
    expect(String(back.answer.notes)).toMatch(/clock/);
  });

  test('a host clock becomes a floor only with an OK: one that runs ahead can be corrected', async () => {
    const own = sandbox();
    const device = (seconds: number) => ({ home: own.at('device'), under: fakeTime(seconds) });
    await expectOutcome('OK', line(), device(issuedAt + DAY));
    await expectOutcome('STALE', line(), device(issuedAt + YEARS_10));
    const { answer } = await expectOutcome('OK', line(), device(issuedAt + 2 * DAY));
    expect(answer.clock).toBe('host');
  });

  test('behind the issue time or in 1970: unset, and taken by the issue time', async () => {
    for (const seconds of [issuedAt - DAY, 1000]) {
      const { answer } = await expectOutcome('OK', line(...auditor), at(seconds));
      expect(answer).toMatchObject({ clock: 'unset', ageSeconds: 0 });
    }
  });

  test("behind the trust file's issue time: unset", async () => {
    const trust = trustFile({ issuedAt: issuedAt + 10 * DAY });
    const verify = verifyOffline(prepared.model('pilot-1'), { trust }, ...auditor);
    expect((await expectOutcome('OK', verify, at(issuedAt + DAY))).answer.clock).toBe('unset');
    expect((await expectOutcome('OK', verify, at(issuedAt + 11 * DAY))).answer.clock).toBe('host');
  });

  test('UNVERIFIABLE where the trust file requires a right one', async () => {
    const trust = trustFile({ requireClock: true });
    const verify = verifyOffline(prepared.model('pilot-1'), { trust }, ...auditor);
    await expectOutcome('UNVERIFIABLE', verify, at(issuedAt - DAY));
    await expectOutcome('OK', verify, at(issuedAt + DAY));
    const own = sandbox();
    const withState = verifyOffline(prepared.model('pilot-1'), { trust });
    const device = (seconds: number) => ({ home: own.at('device'), under: fakeTime(seconds) });
    await expectOutcome('OK', withState, device(issuedAt + 5 * DAY));
    await expectOutcome('UNVERIFIABLE', withState, device(issuedAt + 4 * DAY));
  });
});

describe('witnesses who disagree about the time', () => {
  const [one, two] = [testKey('w1'), testKey('w2')];

  /** The block of the prepared bundle, signed by other witnesses. */
  const signedBy = (name: string, ages: readonly [number, number], maxAges: readonly [number, number]) => {
    const bundle = parseBundle(readFileSync(prepared.bundle('pilot-1')));
    const trust = parseTrust(readFileSync(prepared.trust));
    const { number, hash } = bundle.checkpoint;
    const signatures = [one, two].map((by, index) => ({
      by,
      issuedAt: issuedAt + ages[index]!,
      maxAgeSeconds: maxAges[index]!,
    }));
    writeFileSync(
      box.at(name),
      buildBundle({ ...bundle, checkpoint: signCheckpoint(trust, { number, hash }, 0, signatures) }),
    );
    return box.at(name);
  };

  test('the k-th newest time and the smallest max age count', async () => {
    const witnesses = [one.address, two.address].sort();
    const bundle = signedBy('both', [0, 10 * DAY], [MAX_AGE, 20 * DAY]);
    const verify = (threshold: number) => {
      const trust = trustFile({ witnesses, threshold });
      return verifyOffline(prepared.model('pilot-1'), { bundle, trust }, ...auditor);
    };
    await expectOutcome('OK', verify(1), at(issuedAt + 29 * DAY));
    await expectOutcome('STALE', verify(1), at(issuedAt + 31 * DAY));
    await expectOutcome('OK', verify(2), at(issuedAt + 19 * DAY));
    await expectOutcome('STALE', verify(2), at(issuedAt + 21 * DAY));
  });
});

function trustFile(change: Partial<Trust>): string {
  const path = box.at(`trust-${Math.random()}.json`);
  writeFileSync(path, canonicalTrust({ ...parseTrust(readFileSync(prepared.trust)), ...change }));
  return path;
}
