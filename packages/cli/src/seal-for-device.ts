import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { openDocument } from '@weighbridge/files-local/local-document';
import { requireRelease } from '@weighbridge/journeys/find-release';
import { type SealedBundle, sealBundle } from '@weighbridge/journeys/seal-bundle';
import { nextTrust } from '@weighbridge/journeys/trust-series';
import { recordCheckpoint } from '@weighbridge/journeys/witness';
import type { Chain } from '@weighbridge/ports/chain';
import { parseBundle } from '@weighbridge/verify/bundle';
import type { ClaimFacts } from '@weighbridge/verify/claim';
import { refusalError } from '@weighbridge/verify/refusal';
import { decideClaim } from '@weighbridge/verify/verdict';
import type { Context } from './context.js';
import { unlockWitness } from './embedded-chain.js';
import { openReleases } from './releases.js';

export interface DeviceBundle {
  readonly bytes: Uint8Array;
  readonly claim: ClaimFacts;
}

/**
 * Seals a release for devices, with this home's own witness, and remembers the checkpoint that it signed.
 * @throws NOT_APPROVED for a pending release; what a device with that witness would refuse
 */
export async function sealForDevice(
  context: Context,
  chain: Chain,
  ref: ReleaseRef,
  maxAgeSeconds: number,
): Promise<DeviceBundle> {
  await requireApproved(chain, ref);
  const sealed = await seal(context, chain, ref, maxAgeSeconds);
  const claim = await requireGood(context, chain, sealed, ref);
  await recordCheckpoint(openDocument(join(context.home.journal, 'witness.json')), chain.identity, sealed.checkpoint);
  return { bytes: sealed.bytes, claim };
}

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
