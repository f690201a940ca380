import type { ModelName, Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { approve } from '@weighbridge/journeys/approve';
import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import { makeRelease } from '@weighbridge/verify/testing/release';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { FakeContext } from './fake-context.js';

export const REF = releaseRef('acme/pilot-llm' as ModelName, '1.0.0' as Version);
export const outsider = testSigner('outsider');
export const RELEASE = makeRelease({});

/**
 * A chain with one registered release, claimed by keys of a context: `publisher`, `guardian`, and of two approvers
 * `alice` (legal); the other is an outsider (security).
 */
export async function registeredChain({ keys }: FakeContext): Promise<FakeChain> {
  const chain = new FakeChain();
  for (const name of ['publisher', 'guardian', 'alice']) await keys.create(name);
  const [publisher, guardian, alice] = await Promise.all(
    ['publisher', 'guardian', 'alice'].map((name) => keys.unlock(name)),
  );
  const approvers = [
    { key: alice!.address, role: 'legal' },
    { key: outsider.address, role: 'security' },
  ];
  await chain.claim({ namespace: 'acme', guardian: guardian!.address, approvers, threshold: 2 }, publisher!);
  await chain.register({ ref: REF, versionCode: 1, digest: releaseDigest(RELEASE.manifestBytes) }, publisher!);
  return chain;
}

export async function approveAll(chain: FakeChain, { keys }: FakeContext): Promise<void> {
  await approve(chain, REF, await keys.unlock('alice'), undefined);
  await approve(chain, REF, outsider, undefined);
}
