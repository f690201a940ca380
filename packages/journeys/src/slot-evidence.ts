import { WeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef, type ReleaseRef } from '@weighbridge/core/names';
import { MANIFEST_MAX_BYTES } from '@weighbridge/manifest/manifest';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { type Bundle, parseBundle } from '@weighbridge/verify/bundle';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import type { ClaimFacts } from '@weighbridge/verify/claim';
import { refuse, refusalError } from '@weighbridge/verify/refusal';
import type { SlotRelease } from '@weighbridge/verify/slot-state';

/** A bundle that was handed in, parsed; nothing in it is believed yet. */
export interface GivenBundle {
  readonly bundle: Bundle;
  readonly bytes: Uint8Array;
}

/** What a slot is judged by. */
export interface SlotEvidence extends GivenBundle {
  /** True when it lies in the slot already. */
  readonly isOwn: boolean;
}

export interface EvidenceDoors {
  readonly bundles: readonly GivenBundle[];
  /** Seals a bundle of this very moment; undefined where no chain is asked. */
  readonly askChain?: ((ref: ReleaseRef, manifestAtHand: Uint8Array | undefined) => Promise<Uint8Array>) | undefined;
}

/**
 * slots-v1 §4.3: the newest bundle of this release that was handed in, else the chain's word, else what lies in the slot.
 * @throws UNVERIFIABLE when there is none; WRONG_ARTIFACT when it is of another release; MALFORMED, LIMIT, IO
 */
export async function findSlotEvidence(
  { bundles, askChain }: EvidenceDoors,
  folder: ReleaseFolder,
  slot: SlotRelease,
): Promise<SlotEvidence> {
  const given = newestOf(bundles, slot);
  if (given !== undefined) return { ...given, isOwn: false };
  if (askChain !== undefined) {
    const manifestAtHand = await folder.readMetadata('manifest.json', MANIFEST_MAX_BYTES);
    const bytes = await askChain(parseReleaseRef(slot.release), manifestAtHand);
    return requireSame({ bundle: parseBundle(bytes), bytes, isOwn: false }, slot);
  }
  const bytes = await folder.readMetadata('bundle.json', BUNDLE_MAX_BYTES);
  if (bytes !== undefined) return requireSame({ bundle: parseBundle(bytes), bytes, isOwn: true }, slot);
  throw new WeighbridgeError('UNVERIFIABLE', `there is no bundle of ${slot.release} to verify against`, {
    hint: `give one: weighbridge bundle export ${slot.release} -o FILE, then boot --bundle FILE`,
    details: { release: slot.release },
  });
}

/** The newest bundle of a slot's release. */
export function newestOf(bundles: readonly GivenBundle[], { releaseDigest }: SlotRelease): GivenBundle | undefined {
  const ours = bundles.filter(({ bundle }) => bundle.releaseDigest === releaseDigest);
  return ours.sort((a, b) => b.bundle.block.number - a.bundle.block.number || signedAt(b) - signedAt(a))[0];
}

function signedAt({ bundle }: GivenBundle): number {
  return Math.max(0, ...bundle.checkpoint.signatures.map(({ issuedAt }) => issuedAt));
}

/** slots-v1 §4.3: whether a bundle tells of a later moment than another; undefined is earlier than anything. */
export function isLater(claim: ClaimFacts, than: ClaimFacts | undefined): boolean {
  if (than === undefined || claim.number !== than.number) return claim.number > (than?.number ?? -1);
  return claim.issuedAt > than.issuedAt;
}

function requireSame(evidence: SlotEvidence, slot: SlotRelease): SlotEvidence {
  const { releaseDigest, ref } = evidence.bundle;
  if (releaseDigest === slot.releaseDigest) return evidence;
  throw refusalError(
    refuse(
      'WRONG_ARTIFACT',
      `the proof is of ${ref.name}, not of the ${slot.release} that was installed`,
      `give the right one: boot --bundle FILE, made by weighbridge bundle export ${slot.release}`,
      { release: slot.release, expected: slot.releaseDigest, found: releaseDigest },
    ),
  );
}
