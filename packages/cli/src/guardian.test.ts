import type { Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import type { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardianOf } from './guardian.js';
import { FakeContext } from './testing/fake-context.js';
import { REF, registeredChain } from './testing/house.js';

let context: FakeContext;
let chain: FakeChain;

beforeEach(async () => {
  context = new FakeContext();
  chain = await registeredChain(context);
});

afterEach(() => context.dispose());

describe('guardianOf', () => {
  it("is the guardian's key where it is here", async () => {
    const { guardian } = (await chain.namespace('acme'))!;
    expect((await guardianOf(context, chain, REF, undefined)).address).toBe(guardian);
  });

  it('is the key that was named, whoever it is: the journey says whether it may', async () => {
    const alice = await context.keys.unlock('alice');
    expect((await guardianOf(context, chain, REF, 'alice')).address).toBe(alice.address);
  });

  it('a named key that is not here is USAGE', async () => {
    await expect(guardianOf(context, chain, REF, 'nobody')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it("without the guardian's key it is USAGE", async () => {
    const elsewhere = new FakeContext();
    await elsewhere.keys.create('guardian');
    await expect(guardianOf(elsewhere, chain, REF, undefined)).rejects.toMatchObject({ code: 'USAGE' });
    await elsewhere.dispose();
  });

  it('an unknown release is UNVERIFIABLE', async () => {
    const unknown = releaseRef(REF.model, '9.9.9' as Version);
    await expect(guardianOf(context, chain, unknown, undefined)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });
});
