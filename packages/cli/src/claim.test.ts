import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ClaimOrder, claimNamespace, claimOrder, newcomerOrder, parseApprovers } from './claim.js';
import { FakeContext } from './testing/fake-context.js';
import { outsider } from './testing/house.js';

const usage = (message = /./) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message), hint: expect.stringMatching(/./) });

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

describe('parseApprovers', () => {
  it('reads KEY=ROLE, names and addresses', () => {
    expect(parseApprovers(['alice=legal', `${outsider.address}=security`])).toEqual([
      { key: 'alice', role: 'legal' },
      { key: outsider.address, role: 'security' },
    ]);
  });

  it('takes a role of 31 bytes', () => expect(parseApprovers([`a=${'r'.repeat(31)}`])).toHaveLength(1));

  it.each(['alice', '=legal', 'alice=', 'alice=Legal', 'alice=a=b', `alice=${'r'.repeat(32)}`, ''])(
    '%j is USAGE',
    (text) => {
      expect(() => parseApprovers(['ok=ok', text])).toThrow(usage(/^--approver/));
    },
  );
});

describe('claimOrder', () => {
  const many = (count: number) => [...Array(count).keys()].map((index) => ({ key: `k${index}`, role: 'r' }));

  it('takes what can be', () => {
    expect(claimOrder(ORDER)).toBe(ORDER);
    expect(() => claimOrder({ ...ORDER, threshold: 2, guardian: outsider.address })).not.toThrow();
    expect(() => claimOrder({ ...ORDER, guardian: 'publisher' })).not.toThrow();
    expect(() => claimOrder({ ...ORDER, approvers: many(32) })).not.toThrow();
  });

  it.each<[string, Partial<ClaimOrder>]>([
    ['a threshold above the approvers', { threshold: 3 }],
    ['33 approvers', { approvers: many(33) }],
    ['an approver twice', { approvers: [...ORDER.approvers, { key: 'alice', role: 'other' }] }],
    ['a publisher who approves', { publisher: 'alice' }],
    ['a guardian who approves', { guardian: 'bob' }],
    ['an address as publisher', { publisher: outsider.address }],
    ['no name as approver', { approvers: [{ key: 'Alice', role: 'legal' }] }],
    ['no name as guardian', { guardian: '../x' }],
  ])('%s is USAGE', (_, change) => {
    expect(() => claimOrder({ ...ORDER, ...change })).toThrow(usage());
  });

  it('a newcomer gets one approver, who is not the publisher', () => {
    expect(newcomerOrder('acme', 'publisher')).toMatchObject({
      approvers: [{ key: 'approver', role: 'security' }],
      threshold: 1,
    });
    expect(() => newcomerOrder('acme', 'approver')).toThrow(usage(/publisher and approver/));
  });
});

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
    await expect(claimNamespace(context, { ...ORDER, ...change(address) })).rejects.toEqual(usage());
    expect(await context.keys.list()).toHaveLength(1);
    expect([existsSync(context.home.chain), readdirSync(context.home.root)]).toEqual([false, []]);
  });
});
