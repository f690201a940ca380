import { describe, expect, it } from 'vitest';
import { type ClaimOrder, claimOrder, newcomerOrder, parseApprovers } from './claim-order.js';
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
