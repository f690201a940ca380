import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import { readHeader } from '@weighbridge/verify/header';
import { proveRelease } from '@weighbridge/verify/proof';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemoryJournal } from './chain-journal.js';
import { createRegistryChain } from './registry-chain.js';
import { type AnvilPlace, FAST, openAnvilPlace } from './testing/anvil-place.js';

let place: AnvilPlace;
beforeAll(async () => {
  place = await openAnvilPlace({ 'block-time': '1', 'slots-in-an-epoch': '1' });
});
afterAll(() => place.dispose());

test('a chain that makes a block a second and finalizes later: everything waits for what it needs', async () => {
  const journal = createMemoryJournal();
  const limits = { ...FAST, confirmWithinMs: 30_000 };
  const open = () =>
    createRegistryChain({ rpc: place.rpc, identity: place.identity, journal, finality: 'finalized', limits });
  const chain = await open();
  const [publisher, approver] = [await place.signer('publisher'), await place.signer('approver')];
  const approvers = [{ key: approver.address, role: 'r' }];
  const namespace = { namespace: 'slow', guardian: publisher.address, approvers, threshold: 1 };
  const claim = { ref: parseReleaseRef('slow/model@1'), versionCode: 1, digest: 'ab'.repeat(64) as Digest };

  await chain.claim(namespace, publisher);
  const receipt = await chain.register(claim, publisher);
  expect(receipt).toMatchObject({ transaction: expect.any(String), final: false });
  const unfinished = await (await open()).register(claim, publisher);
  expect(unfinished).toMatchObject({ transaction: undefined });

  await expect
    .poll(() => chain.register(claim, publisher), { timeout: 20_000, interval: 500 })
    .toMatchObject({ final: true });
  const { header, nodes, number } = await chain.prove(claim.ref);
  expect(number).toBeGreaterThanOrEqual(receipt.blockNumber);
  const { contract, codeHash } = chain.identity;
  const { stateRoot } = readHeader(header);
  const { model, version } = claim.ref;
  expect(proveRelease({ stateRoot, nodes, contract, codeHash, model, version })).toMatchObject({ status: 'pending' });
  await open();
  expect(await journal.transactions.list()).toEqual([]);
});
