import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { canonicalTrust, parseTrust } from '@weighbridge/verify/trust';
import { describe, expect, it } from 'vitest';
import { alice, bob, witness } from './testing/house.js';
import { nextTrust } from './trust-series.js';

const { identity } = new FakeChain();
const content = { identity, models: ['acme/*'], witnesses: [witness.address] };
const first = nextTrust(undefined, content, 1000);

describe('nextTrust', () => {
  it('begins with version 1, in a file that devices take', () => {
    expect(first).toMatchObject({
      version: 1,
      issuedAt: 1000,
      threshold: 1,
      anchors: ['witness'],
      codeHash: identity.codeHash,
    });
    expect(parseTrust(canonicalTrust(first))).toEqual(first);
  });

  it('gives the last one again when it says the same', () => expect(nextTrust(first, content, 2000)).toBe(first));

  it('gives the next version when it says something else', () => {
    const second = nextTrust(first, { ...content, models: ['acme/*', 'beta/*'] }, 2000);
    expect(second).toMatchObject({ version: 2, issuedAt: 2000, models: ['acme/*', 'beta/*'] });
    expect(nextTrust(second, content, 3000)).toMatchObject({ version: 3, issuedAt: 3000, models: ['acme/*'] });
  });

  it('other witnesses, another contract or code are something else', () => {
    for (const change of [
      { witnesses: [alice.address] },
      { identity: { ...identity, contract: alice.address } },
      { identity: { ...identity, codeHash: 'c'.repeat(64) } },
    ])
      expect(nextTrust(first, { ...content, ...change }, 2000).version).toBe(2);
  });

  it('the order of models and witnesses, and doubles, say nothing', () => {
    const models = ['b/*', 'a/*', 'b/*'];
    const witnesses = [alice.address, bob.address];
    const one = nextTrust(undefined, { identity, models, witnesses }, 1000);
    expect(one.models).toEqual(['a/*', 'b/*']);
    const turned = { identity, models: [...models].reverse(), witnesses: [...witnesses].reverse() };
    expect(nextTrust(one, turned, 2000)).toBe(one);
    expect(() => parseTrust(canonicalTrust(one))).not.toThrow();
  });
});
