import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { sealBundle } from '@weighbridge/journeys/seal-bundle';
import { MANIFEST_MAX_BYTES } from '@weighbridge/manifest/manifest';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { type Bundle, parseBundle } from '@weighbridge/verify/bundle';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import { MAX_AGE_LIMIT_SECONDS } from '@weighbridge/verify/checkpoint';
import type { Context } from './context.js';
import { hasChain, openChainToRead, unlockWitness } from './embedded-chain.js';
import { openReleases } from './releases.js';

export interface EvidenceOrder {
  readonly wanted: ReleaseRef | undefined;
  /** Bytes of the bundle that was named. */
  readonly bundle: Uint8Array | undefined;
  readonly offline: boolean;
}

export interface Evidence {
  readonly bundle: Bundle;
  /** True when the chain was asked rather than a bundle read. */
  readonly online: boolean;
}

/**
 * What a folder is to be verified against: the bundle that is named, else the chain for the release that is named,
 * else the bundle in the folder.
 * @throws UNVERIFIABLE when there is nothing; what reading and parsing it throws
 */
export async function findEvidence(context: Context, folder: ReleaseFolder, order: EvidenceOrder): Promise<Evidence> {
  if (order.bundle !== undefined) return { bundle: parseBundle(order.bundle), online: false };
  if (order.wanted !== undefined && !order.offline)
    return { bundle: parseBundle(await askChain(context, folder, order.wanted)), online: true };
  const beside = await folder.readMetadata('bundle.json', BUNDLE_MAX_BYTES);
  if (beside !== undefined) return { bundle: parseBundle(beside), online: false };
  throw nothing(
    order.offline ? 'there is no bundle to verify against' : 'there is nothing to verify against',
    order.wanted,
  );
}

async function askChain(context: Context, folder: ReleaseFolder, ref: ReleaseRef): Promise<Uint8Array> {
  if (!(await hasChain(context))) throw nothing('this home folder has no chain that could be asked', ref);
  return sealNow(context, ref, await folder.readMetadata('manifest.json', MANIFEST_MAX_BYTES));
}

/** A bundle of this very moment, from this home's own chain and witness. @throws UNVERIFIABLE */
export async function sealNow(
  context: Context,
  ref: ReleaseRef,
  manifestAtHand: Uint8Array | undefined,
): Promise<Uint8Array> {
  const chain = await openChainToRead(context);
  const sealed = await sealBundle(
    {
      chain,
      releases: openReleases(context),
      manifestAtHand,
      witness: await unlockWitness(context),
      nowSeconds: context.nowSeconds,
    },
    ref,
    MAX_AGE_LIMIT_SECONDS,
  );
  return sealed.bytes;
}

function nothing(problem: string, wanted: ReleaseRef | undefined): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', problem, {
    hint: 'give --bundle FILE, or --release namespace/name@version where the registry can be reached',
    ...(wanted === undefined ? {} : { details: { release: wanted.name } }),
  });
}
