import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { statusAnswer } from './status-answer.js';
import { FakeContext } from './testing/fake-context.js';
import { approveAll, outsider, REF, RELEASE, registeredChain } from './testing/house.js';

let context: FakeContext;
let chain: FakeChain;

beforeEach(async () => {
  context = new FakeContext();
  chain = await registeredChain(context);
});

afterEach(() => context.dispose());

const answer = () => statusAnswer(context, chain, REF, (status) => `now ${status}`);

test('says where a release stands, with the members of the contract', async () => {
  expect(await answer()).toEqual({
    outcome: 'OK',
    message: 'now pending',
    members: {
      release: REF.name,
      releaseDigest: releaseDigest(RELEASE.manifestBytes),
      status: 'pending',
      approvals: [],
      threshold: 2,
    },
    lines: ['now pending', 'approvals 0 of 2 needed'],
  });
});

test('lists who approved, by name where the key is here', async () => {
  await approveAll(chain, context);
  const { address } = await context.keys.unlock('alice');
  const { members } = await answer();
  expect(members).toMatchObject({
    status: 'approved',
    approvals: [
      { key: address, role: 'legal', name: 'alice', at: expect.stringMatching(/Z$/) },
      { key: outsider.address, role: 'security' },
    ],
  });
  expect((members!.approvals as object[])[1]).not.toHaveProperty('name');
});
