import { contentDigest } from '@weighbridge/manifest/content-digest';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { Chain } from '@weighbridge/ports/chain';
import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { beforeEach, describe, expect, it } from 'vitest';
import { approve } from './approve.js';
import { describeRelease, isSet } from './describe-release.js';
import { revoke } from './revoke.js';
import { alice, bob, guardian, type House, REF, registeredHouse } from './testing/house.js';

let house: House;

beforeEach(async () => {
  house = await registeredHouse();
});

function look(chain: Chain = house.chain) {
  return describeRelease(chain, house.releases, REF);
}

describe('describeRelease', () => {
  it('says what the chain and the kept manifest say', async () => {
    const record = (await house.chain.release(REF))!;
    const manifest = parseManifest((await house.releases.getManifest(record.digest))!);
    expect(await look()).toEqual({
      ref: REF,
      releaseDigest: record.digest,
      contentDigest: contentDigest(manifest.files),
      status: 'pending',
      reason: null,
      versionCode: 1,
      approvals: [],
      threshold: 2,
    });
  });

  it('lists approvals by approver, with the time of each', async () => {
    await approve(house.chain, REF, bob, undefined);
    await approve(house.chain, REF, alice, undefined);
    expect((await look()).approvals).toEqual([
      { key: alice.address, role: 'legal', at: '2027-01-15T08:00:04Z' },
      { key: bob.address, role: 'security', at: '2027-01-15T08:00:03Z' },
    ]);
  });

  it('knows no time where the node keeps no events', async () => {
    await approve(house.chain, REF, alice, undefined);
    const forgetful = {
      ...house.chain,
      history: async () => ({ approvals: [], revocation: undefined }),
    } as unknown as Chain;
    expect((await look(forgetful)).approvals).toEqual([{ key: alice.address, role: 'legal', at: null }]);
  });

  it('leaves out approvals of approvers that are no longer active', async () => {
    await house.approveAll();
    const namespace = (await house.chain.namespace('acme'))!;
    const approvers = namespace.approvers.map((seat) => ({ ...seat, active: seat.key !== bob.address }));
    const changed = { ...house.chain, namespace: async () => ({ ...namespace, approvers }) } as unknown as Chain;
    expect((await look(changed)).approvals.map(({ key }) => key)).toEqual([alice.address]);
  });

  it('is superseded once a newer release is approved, not before', async () => {
    await house.approveAll();
    const newer = await house.register('1.1.0');
    expect((await look()).status).toBe('approved');
    await house.approveAll(newer);
    expect((await look()).status).toBe('superseded');
    expect((await describeRelease(house.chain, house.releases, newer)).status).toBe('approved');
  });

  it('says why it was revoked, by the code where the text is not kept', async () => {
    await house.approveAll(await house.register('1.1.0'));
    await revoke(house.chain, REF, 'quality', 'leaked a test set', guardian);
    expect(await look()).toMatchObject({ status: 'revoked', reason: 'leaked a test set' });
    const forgetful = {
      ...house.chain,
      history: async () => ({ approvals: [], revocation: undefined }),
    } as unknown as Chain;
    expect(await look(forgetful)).toMatchObject({ reason: 'quality' });
  });

  it('has no content digest without the manifest', async () => {
    house.releases.manifests.clear();
    expect((await look()).contentDigest).toBeNull();
  });

  it('an unknown release is UNVERIFIABLE', async () => {
    await expect(look(new FakeChain())).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });
});

describe('isSet', () => {
  it('looks at one bit of 32', () => {
    const highest = 2 ** 31;
    expect([isSet(0b101, 0), isSet(0b101, 1), isSet(0b101, 2), isSet(highest, 31), isSet(highest, 0)]).toEqual([
      true,
      false,
      true,
      true,
      false,
    ]);
  });
});
