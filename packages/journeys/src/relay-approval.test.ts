import { beforeEach, describe, expect, it } from 'vitest';
import { signApproval } from './approve.js';
import { relayApproval } from './relay-approval.js';
import { revoke } from './revoke.js';
import { alice, guardian, type House, REF, registeredHouse, stranger } from './testing/house.js';

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

describe('relayApproval', () => {
  const signed = () => signApproval(house.chain, REF, alice, undefined, now + 60);
  type Changes = Partial<Awaited<ReturnType<typeof signed>>>;

  async function relay({ role, at = now, ...changes }: Changes & { role?: string; at?: number } = {}): Promise<void> {
    const approval = { ...(await signed()), ...changes };
    return relayApproval(house.chain, REF, approval, role, stranger, at);
  }

  it('hands in what an approver signed; anyone may', async () => {
    await relay({ role: 'legal' });
    expect(await house.chain.release(REF)).toMatchObject({ approvals: 0b01 });
  });

  it('is good until its deadline', async () => {
    await relayApproval(
      house.chain,
      REF,
      await signApproval(house.chain, REF, alice, undefined, now + 1),
      undefined,
      stranger,
      now + 1,
    );
    expect(await house.chain.release(REF)).toMatchObject({ approvals: 0b01 });
  });

  it('again is success and sends nothing', async () => {
    await relay();
    const { written } = house;
    await relay();
    expect(house.written).toEqual(written);
  });

  it.each([
    ['chain', { chainId: 1 }],
    ['contract', { contract: stranger.address }],
  ])('for another %s is UNTRUSTED, however well signed', async (_, change) => {
    const elsewhere = { ...house.chain, identity: { ...house.chain.identity, ...change } } as typeof house.chain;
    const approval = await signApproval(elsewhere, REF, alice, undefined, now + 60);
    await refused(relayApproval(house.chain, REF, approval, undefined, stranger, now), 'UNTRUSTED');
  });

  it('with a wrong signature is UNTRUSTED, past its deadline too', async () => {
    await refused(relay({ signature: new Uint8Array(65).fill(27) }), 'UNTRUSTED');
    await refused(relay({ signature: new Uint8Array(65).fill(27), at: now + 100 }), 'UNTRUSTED');
  });

  it('of an earlier epoch is UNTRUSTED', async () => {
    const approval = await signApproval(
      { ...house.chain, namespace: earlierEpoch } as typeof house.chain,
      REF,
      alice,
      undefined,
      now + 60,
    );
    await refused(relayApproval(house.chain, REF, approval, undefined, stranger, now), 'UNTRUSTED');
  });

  const earlierEpoch = async (name: string) => ({ ...(await house.chain.namespace(name))!, epoch: 0 });

  it('in a role that its approver has not is UNTRUSTED', () => refused(relay({ role: 'security' }), 'UNTRUSTED'));

  it('of another release is WRONG_ARTIFACT', async () => {
    const other = await house.register('1.1.0');
    const approval = await signApproval(house.chain, other, alice, undefined, now + 60);
    const relayed = relayApproval(house.chain, REF, approval, undefined, stranger, now);
    await expect(relayed).rejects.toMatchObject({ details: { expected: REF.name, found: other.name } });
    await refused(relayed, 'WRONG_ARTIFACT');
  });

  it('of another record of the same release is WRONG_ARTIFACT, revoked or not', async () => {
    const elsewhere = await registeredHouse();
    elsewhere.folder.put('config.json', '{"other":true}');
    const second = await elsewhere.register('1.1.0');
    house.folder.put('config.json', '{"mine":true}');
    expect(await house.register('1.1.0')).toEqual(second);
    const approval = await signApproval(elsewhere.chain, second, alice, undefined, now + 60);
    await refused(relayApproval(house.chain, second, approval, undefined, stranger, now), 'WRONG_ARTIFACT');
    await revoke(house.chain, second, 'other', 'why', guardian);
    await refused(relayApproval(house.chain, second, approval, undefined, stranger, now), 'WRONG_ARTIFACT');
  });

  it('of a revoked release is REVOKED', async () => {
    const approval = await signed();
    await revoke(house.chain, REF, 'other', 'why', guardian);
    await refused(relayApproval(house.chain, REF, approval, undefined, stranger, now), 'REVOKED');
  });

  it('past its deadline is STALE', () => refused(relay({ at: now + 61 }), 'STALE'));
});
