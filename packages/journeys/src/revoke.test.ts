import type { Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { beforeEach, describe, expect, it } from 'vitest';
import { requireVersion, revoke } from './revoke.js';
import { approvedHouse, guardian, type House, publisher, REF } from './testing/house.js';

const UNKNOWN = releaseRef(REF.model, '9.9.9' as Version);

let house: House;

beforeEach(async () => {
  house = await approvedHouse();
});

async function refused(task: Promise<unknown>, code: string): Promise<void> {
  const { written } = house;
  await expect(task).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect(house.written).toEqual(written);
}

describe('revoke', () => {
  it('revokes for good, with a reason for people and one for machines', async () => {
    await revoke(house.chain, REF, 'quality', 'leaked a test set', guardian);
    expect(await house.chain.release(REF)).toMatchObject({ status: 'revoked', reason: 'quality' });
    expect((await house.chain.history(REF)).revocation).toMatchObject({ text: 'leaked a test set' });
  });

  it('again is success and keeps the first reason', async () => {
    await revoke(house.chain, REF, 'quality', 'first', guardian);
    const { written } = house;
    await revoke(house.chain, REF, 'legal', 'second', guardian);
    expect(house.written).toEqual(written);
    expect((await house.chain.history(REF)).revocation).toMatchObject({ text: 'first' });
  });

  it('a pending release can be revoked', async () => {
    await revoke(house.chain, await house.register('1.1.0'), 'other', 'why', guardian);
  });

  it("another key than the guardian's is UNTRUSTED, after the revocation too", async () => {
    await refused(revoke(house.chain, REF, 'other', 'why', publisher), 'UNTRUSTED');
    await revoke(house.chain, REF, 'other', 'why', guardian);
    await refused(revoke(house.chain, REF, 'other', 'why', publisher), 'UNTRUSTED');
  });

  it('an unknown release is UNVERIFIABLE', () =>
    refused(revoke(house.chain, UNKNOWN, 'other', 'why', guardian), 'UNVERIFIABLE'));
});

describe('requireVersion', () => {
  it('raises minAllowed', async () => {
    await requireVersion(house.chain, REF, guardian);
    expect(await house.chain.model(REF.model)).toMatchObject({ minAllowed: 1 });
  });

  it('of a release at or below it changes nothing', async () => {
    const newer = await house.register('1.1.0');
    await house.approveAll(newer);
    await requireVersion(house.chain, newer, guardian);
    const { written } = house;
    await requireVersion(house.chain, newer, guardian);
    await requireVersion(house.chain, REF, guardian);
    expect(house.written).toEqual(written);
    expect(await house.chain.model(REF.model)).toMatchObject({ minAllowed: 2 });
  });

  it('of a pending release is NOT_APPROVED', async () => {
    await refused(requireVersion(house.chain, await house.register('1.1.0'), guardian), 'NOT_APPROVED');
  });

  it('of a revoked release is REVOKED', async () => {
    await revoke(house.chain, REF, 'other', 'why', guardian);
    await refused(requireVersion(house.chain, REF, guardian), 'REVOKED');
  });

  it("with another key than the guardian's is UNTRUSTED", () =>
    refused(requireVersion(house.chain, REF, publisher), 'UNTRUSTED'));

  it('of an unknown release is UNVERIFIABLE', () =>
    refused(requireVersion(house.chain, UNKNOWN, guardian), 'UNVERIFIABLE'));
});
