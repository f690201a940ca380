import { isSignedByApprover } from '@weighbridge/verify/approval-file';
import { beforeEach, describe, expect, it } from 'vitest';
import { approve, signApproval } from './approve.js';
import { revoke } from './revoke.js';
import { alice, bob, guardian, type House, REF, registeredHouse, stranger } from './testing/house.js';
import { releaseRef } from '@weighbridge/core/names';
import type { Version } from '@weighbridge/core/brands';

const UNKNOWN = releaseRef(REF.model, '9.9.9' as Version);

let house: House;
let now: number;

beforeEach(async () => {
  house = await registeredHouse();
  now = house.chain.clock.nowSeconds();
});

/** That a refusal comes with its code and leaves the chain as it was. */
async function refused(task: Promise<unknown>, code: string): Promise<void> {
  const { written } = house;
  await expect(task).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect(house.written).toEqual(written);
}

describe('approve', () => {
  it('counts each approver once, until the threshold is reached', async () => {
    await approve(house.chain, REF, alice, 'legal');
    expect(await house.chain.release(REF)).toMatchObject({ status: 'pending', approvals: 0b01 });
    await approve(house.chain, REF, bob, undefined);
    expect(await house.chain.release(REF)).toMatchObject({ status: 'approved', approvals: 0b11 });
  });

  it('again is success and sends nothing', async () => {
    await approve(house.chain, REF, alice, undefined);
    const { written } = house;
    await approve(house.chain, REF, alice, undefined);
    expect(house.written).toEqual(written);
  });

  it('a role that the key has not is UNTRUSTED', () =>
    refused(approve(house.chain, REF, alice, 'security'), 'UNTRUSTED'));

  it('an approver who is no longer active is UNTRUSTED', async () => {
    const namespace = (await house.chain.namespace('acme'))!;
    const approvers = namespace.approvers.map((seat) => ({ ...seat, active: false }));
    house.chain.namespace = async () => ({ ...namespace, approvers });
    await refused(approve(house.chain, REF, alice, 'legal'), 'UNTRUSTED');
  });

  it('a key that is no approver is UNTRUSTED', () =>
    refused(approve(house.chain, REF, stranger, undefined), 'UNTRUSTED'));

  it('an unknown release is UNVERIFIABLE', () =>
    refused(approve(house.chain, UNKNOWN, alice, undefined), 'UNVERIFIABLE'));

  it('a revoked release is REVOKED', async () => {
    await revoke(house.chain, REF, 'other', 'why', guardian);
    await refused(approve(house.chain, REF, alice, undefined), 'REVOKED');
  });
});

describe('signApproval', () => {
  it('signs all that the approval is about, and sends nothing', async () => {
    const { written } = house;
    const approval = await signApproval(house.chain, REF, alice, 'legal', now + 60);
    const { digest, versionCode } = (await house.chain.release(REF))!;
    expect(approval).toMatchObject({
      model: REF.model,
      version: '1.0.0',
      versionCode,
      digest,
      epoch: 1,
      deadline: now + 60,
    });
    expect(isSignedByApprover(approval)).toBe(true);
    expect(house.written).toEqual(written);
  });

  it('a role that the key has not is UNTRUSTED', () =>
    refused(signApproval(house.chain, REF, alice, 'security', now), 'UNTRUSTED'));

  it('a revoked release is REVOKED', async () => {
    await revoke(house.chain, REF, 'other', 'why', guardian);
    await refused(signApproval(house.chain, REF, alice, undefined, now), 'REVOKED');
  });
});
