import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef, type ReleaseRef } from '@weighbridge/core/names';
import { requireReplaceable, writeDurably } from '@weighbridge/durable-files/durable-write';
import { openDocument } from '@weighbridge/files-local/local-document';
import { requireRelease } from '@weighbridge/journeys/find-release';
import { type SealedBundle, sealBundle } from '@weighbridge/journeys/seal-bundle';
import { nextTrust } from '@weighbridge/journeys/trust-series';
import { recordCheckpoint } from '@weighbridge/journeys/witness';
import type { Chain } from '@weighbridge/ports/chain';
import { parseBundle } from '@weighbridge/verify/bundle';
import { MAX_AGE_LIMIT_SECONDS } from '@weighbridge/verify/checkpoint';
import type { ClaimFacts } from '@weighbridge/verify/claim';
import { refusalError } from '@weighbridge/verify/refusal';
import { decideClaim } from '@weighbridge/verify/verdict';
import { success } from '../answer.js';
import { optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { openChainToWrite, requireChain, unlockWitness } from '../embedded-chain.js';
import { bundleMembers } from '../bundle-members.js';
import { parseDuration } from '../quantities.js';
import { openReleases } from '../releases.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  const file = optionText(options, 'output')!;
  const maxAgeSeconds = parseDuration(optionText(options, 'maxAge') ?? '30d', '--max-age', MAX_AGE_LIMIT_SECONDS);
  if (maxAgeSeconds === 0) throw usage('--max-age must be at least one second', 'leave it out for 30 days');
  requireReplaceable(file);
  await requireChain(context, ref);
  return context.asWriter(async () => {
    const chain = await openChainToWrite(context);
    await requireApproved(chain, ref);
    const sealed = await seal(context, chain, ref, maxAgeSeconds);
    const claim = await requireGood(context, chain, sealed, ref);
    await recordCheckpoint(openDocument(join(context.home.journal, 'witness.json')), chain.identity, sealed.checkpoint);
    await writeDurably(file, sealed.bytes);
    const bundle = parseBundle(sealed.bytes);
    return success({
      message: `wrote the bundle of ${ref.name} into ${file}: ${sealed.bytes.length} bytes, ${claim.status}`,
      members: { ...bundleMembers(bundle), status: claim.status },
      notes:
        claim.status === 'revoked' ? ['the release is revoked: this bundle carries the revocation to devices'] : [],
    });
  });
};

async function requireApproved(chain: Chain, ref: ReleaseRef): Promise<void> {
  const { status, threshold } = await requireRelease(chain, ref);
  if (status !== 'pending') return;
  throw new WeighbridgeError('NOT_APPROVED', `${ref.name} is pending: it has fewer than ${threshold} approvals`, {
    hint: `approve it first: weighbridge approve ${ref.name}`,
    details: { release: ref.name },
  });
}

async function seal(context: Context, chain: Chain, ref: ReleaseRef, maxAgeSeconds: number): Promise<SealedBundle> {
  const releases = openReleases(context);
  const witness = await unlockWitness(context);
  return sealBundle({ chain, releases, witness, nowSeconds: context.nowSeconds }, ref, maxAgeSeconds);
}

/**
 * No bundle leaves the house that a device with this home's own witness would not take. A revocation is what some are
 * made for, and a release below minAllowed says so itself.
 */
async function requireGood(
  context: Context,
  chain: Chain,
  { bytes, checkpoint }: SealedBundle,
  ref: ReleaseRef,
): Promise<ClaimFacts> {
  const witnesses = checkpoint.signatures.map(({ witness }) => witness);
  const trust = nextTrust(undefined, { identity: chain.identity, models: [ref.model], witnesses }, context.nowSeconds);
  const decision = decideClaim({
    trust,
    bundle: parseBundle(bytes),
    wanted: ref,
    deviceState: 'unused',
    hostSeconds: context.nowSeconds,
  });
  if (decision.accepted) return decision.claim;
  const saysSoItself = decision.refusal.code === 'REVOKED' || decision.refusal.code === 'ROLLBACK';
  if (saysSoItself && decision.claim !== undefined) return decision.claim;
  throw refusalError(decision.refusal);
}
