import { afterEach, beforeEach, expect, test } from 'vitest';
import { namespaceLines, namespaceMembers } from './namespace-members.js';
import { FakeContext } from './testing/fake-context.js';
import { outsider, registeredChain } from './testing/house.js';

let context: FakeContext;

beforeEach(() => {
  context = new FakeContext();
});

afterEach(() => context.dispose());

test('has the members of the contract, with the names of keys that are here', async () => {
  const chain = await registeredChain(context);
  const [alice, guardian, publisher] = (await context.keys.list()).map(({ address }) => address);
  const members = await namespaceMembers(context, 'acme', (await chain.namespace('acme'))!);
  expect(members).toEqual({
    namespace: 'acme',
    publisher,
    guardian,
    approvers: [
      { key: alice, role: 'legal', active: true, name: 'alice' },
      { key: outsider.address, role: 'security', active: true },
    ],
    threshold: 2,
    epoch: 1,
  });
  expect(namespaceLines(members)).toEqual([
    'namespace  acme',
    `publisher  ${publisher}`,
    `guardian   ${guardian}`,
    'threshold  2 of 2, epoch 1',
    `approver   ${alice}  legal  alice`,
    `approver   ${outsider.address}  security`,
  ]);
});

test('an approver who was removed is said to be, and not counted', () => {
  const approvers = [{ key: 'k', role: 'legal', active: false }];
  const lines = namespaceLines({ namespace: 'n', publisher: 'p', guardian: 'g', approvers, threshold: 1, epoch: 2 });
  expect(lines.slice(3)).toEqual(['threshold  1 of 0, epoch 2', 'approver   k  legal  removed']);
});
