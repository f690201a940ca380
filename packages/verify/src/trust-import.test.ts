import { describe, expect, it } from 'vitest';
import { type TestKey, testKey } from './testing/keys.js';
import { makeWorld } from './testing/world.js';
import { type Trust, trustDigest } from './trust.js';
import { decideTrustImport, decideTrustUpdate } from './trust-import.js';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(testKey) as [TestKey, TestKey, TestKey, TestKey];
const addresses = (...keys: readonly TestKey[]) => keys.map((key) => key.address).sort();
const present: Trust = { ...makeWorld().trust, version: 5, rootKeys: addresses(a, b, c), rootThreshold: 2 };

/** A trust file that these keys signed. */
function signed(members: Partial<Trust>, ...keys: readonly TestKey[]): Trust {
  const trust: Trust = { ...present, version: 6, ...members };
  const digest = trustDigest(trust);
  return { ...trust, signatures: keys.map((key) => ({ key: key.address, signature: key.sign(digest) })) };
}

const codeOf = (decision: ReturnType<typeof decideTrustImport>) => (decision.accepted ? 'OK' : decision.refusal.code);

describe('decideTrustImport', () => {
  it.each([
    ['the first one', undefined, {}, 'OK'],
    ['a newer version', present, { version: 9 }, 'OK'],
    ['the same version', present, {}, 'OK'],
    ['an older version', present, { version: 4 }, 'ROLLBACK'],
    ['another chain', present, { chainId: 1 }, 'OK'],
    ['a development chain over another', present, { chainId: 31_337 }, 'USAGE'],
    ['the other development chain over another', present, { chainId: 1337, version: 4 }, 'USAGE'],
    ['a development chain as the first one', undefined, { chainId: 31_337 }, 'OK'],
    ['a development chain over itself', { ...present, chainId: 31_337 }, { chainId: 31_337 }, 'OK'],
    ['a chain over a development chain', { ...present, chainId: 31_337 }, {}, 'OK'],
  ])('%s', (_, before, members, code) =>
    expect(codeOf(decideTrustImport(before, { ...present, ...members }))).toBe(code),
  );

  it.each([
    ['the same witnesses', present, {}, false],
    ['other witnesses', present, { witnesses: addresses(d) }, true],
    ['one witness more', present, { witnesses: [...addresses(d), ...present.witnesses].sort() }, true],
    ['the first one', undefined, {}, false],
  ])('says whether the witness set differs: %s', (_, before, members, witnessesDiffer) => {
    expect(decideTrustImport(before, { ...present, ...members })).toEqual({ accepted: true, witnessesDiffer });
  });
});

describe('decideTrustUpdate', () => {
  const stolen = signed({}, a, b);
  it.each<[string, Trust, string]>([
    ['signed by enough', signed({}, a, b), 'OK'],
    ['signed by all', signed({}, a, b, c), 'OK'],
    ['signed by one of two', signed({}, a), 'UNTRUSTED'],
    ['signed by nobody', signed({}), 'UNTRUSTED'],
    ['signed by one root and a stranger', signed({}, a, d), 'UNTRUSTED'],
    ['signed by enough and a stranger', signed({}, a, b, d), 'OK'],
    [
      'one bad signature beside enough good ones',
      { ...signed({}, a, b), signatures: [...signed({}, a, b).signatures, signed({ version: 7 }, c).signatures[0]!] },
      'UNTRUSTED',
    ],
    [
      'one signature under two names',
      {
        ...stolen,
        signatures: [stolen.signatures[0]!, { key: b.address, signature: stolen.signatures[0]!.signature }],
      },
      'UNTRUSTED',
    ],
    ['signatures of another content', { ...stolen, requireClock: true }, 'UNTRUSTED'],
    ['signatures for another chain', { ...stolen, chainId: 1 }, 'UNTRUSTED'],
    ['the same version', signed({ version: 5 }, a, b), 'UNTRUSTED'],
    ['two versions on', signed({ version: 7 }, a, b), 'UNTRUSTED'],
    ['an older version', signed({ version: 4 }, a, b), 'ROLLBACK'],
    ['new root keys, signed by the present ones alone', signed({ rootKeys: addresses(c, d) }, a, b), 'UNTRUSTED'],
    ['new root keys, signed by the new ones alone', signed({ rootKeys: addresses(c, d) }, c, d), 'UNTRUSTED'],
    ['new root keys, signed by both', signed({ rootKeys: addresses(c, d) }, a, b, c, d), 'OK'],
    ['a higher new threshold, signed by the present one', signed({ rootThreshold: 3 }, a, b), 'UNTRUSTED'],
    ['a lower new threshold, signed by that', signed({ rootThreshold: 1 }, a), 'UNTRUSTED'],
    ['no new root keys', signed({ rootKeys: [], rootThreshold: 0 }, a, b), 'UNTRUSTED'],
    ['a development chain', signed({ chainId: 31_337 }, a, b), 'USAGE'],
  ])('%s', (_, offered, code) => expect(codeOf(decideTrustUpdate(present, offered))).toBe(code));

  it('takes one root key where one is enough', () => {
    const single: Trust = { ...present, rootKeys: addresses(a), rootThreshold: 1 };
    expect(codeOf(decideTrustUpdate(single, signed({ rootKeys: addresses(a), rootThreshold: 1 }, a)))).toBe('OK');
    expect(codeOf(decideTrustUpdate(single, signed({ rootKeys: addresses(a), rootThreshold: 1 }, b)))).toBe(
      'UNTRUSTED',
    );
  });

  it('never happens without root keys', () => {
    const byHand: Trust = { ...present, rootKeys: [], rootThreshold: 0 };
    expect(codeOf(decideTrustUpdate(byHand, signed({}, a, b)))).toBe('UNTRUSTED');
    expect(codeOf(decideTrustUpdate(byHand, { ...byHand, version: 6 }))).toBe('UNTRUSTED');
  });
});
