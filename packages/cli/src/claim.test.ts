import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimNamespace } from './claim.js';
import type { ClaimOrder } from './claim-order.js';
import { FakeContext } from './testing/fake-context.js';

const USAGE = { code: 'USAGE', hint: expect.stringMatching(/./) };

const ORDER: ClaimOrder = {
  namespace: 'acme',
  publisher: 'publisher',
  guardian: undefined,
  approvers: [
    { key: 'alice', role: 'legal' },
    { key: 'bob', role: 'security' },
  ],
  threshold: undefined,
};

describe('claimNamespace', () => {
  let context: FakeContext;

  beforeEach(() => {
    context = new FakeContext();
  });

  afterEach(() => context.dispose());

  it.each([
    ['publisher and approver', 'publisher', (address: string) => ({ approvers: [{ key: address, role: 'legal' }] })],
    [
      'guardian and approver',
      'guardian',
      (address: string) => ({ guardian: 'guardian', approvers: [{ key: address, role: 'legal' }] }),
    ],
    [
      'an approver twice',
      'alice',
      (address: string) => ({ approvers: [...ORDER.approvers, { key: address, role: 'legal' }] }),
    ],
  ])('one key under name and address as %s is USAGE; no key and no chain is made', async (_, name, change) => {
    const { address } = await context.keys.create(name);
    await expect(claimNamespace(context, { ...ORDER, ...change(address) })).rejects.toMatchObject(USAGE);
    expect(await context.keys.list()).toHaveLength(1);
    expect(readdirSync(context.home.root)).toEqual([]);
  });
});
