import type { Digest } from '@weighbridge/core/brands';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import type { PublishedRelease } from '@weighbridge/ports/channel';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { parseBundle } from '@weighbridge/verify/bundle';
import type { AcceptedClaim } from '@weighbridge/verify/claim';
import { decideProof } from '@weighbridge/verify/decide-proof';
import { summarizeFindings } from '@weighbridge/verify/finding';
import { refusalError } from '@weighbridge/verify/refusal';
import type { Trust } from '@weighbridge/verify/trust';
import { type ClaimDecision, decideClaim } from '@weighbridge/verify/verdict';
import type { ChannelFault } from './channel-fault.js';
import { type CompletedFiles, checkPlace, completeFiles } from './complete-files.js';
import type { FetchChunksDoors } from './fetch-chunks.js';
import { findLeaves, findManifest } from './find-parts.js';
import { sealProof, type WitnessedProof } from './seal-bundle.js';

export interface FetchDoors extends Omit<FetchChunksDoors, 'place'> {
  /** Opens the place where the release is put together; it is closed at the end. */
  readonly openPlace: (releaseDigest: Digest) => Promise<FetchPlace>;
  readonly trust: Trust;
  /** What the home folder keeps of releases; it is asked before the channels. */
  readonly releases: ReleaseStore;
  /** Asks the chain, each time anew. */
  readonly prove: () => Promise<WitnessedProof>;
  readonly hostSeconds: number;
}

export interface Fetched {
  readonly claim: AcceptedClaim;
  readonly completed: CompletedFiles;
  /** What channels did wrong and others made good. */
  readonly faults: readonly ChannelFault[];
}

/**
 * The journey of a device that has nothing yet: proof → manifest → leaves → room → chunks → all digests → the chain's word
 * once more → the release appears. Nothing later is asked for before the earlier holds. Where some of the release lies at
 * the place already, chunks that are right stay.
 * @param requireFileSet refuses what no chunk can mend: files that do not belong there
 * @throws the first refusal; where there was no release there is none then
 */
export async function fetchRelease(
  doors: FetchDoors,
  ref: ReleaseRef,
  requireFileSet: (manifest: Manifest) => Promise<void> = async () => {},
): Promise<Fetched> {
  const known = { trust: doors.trust, deviceState: 'unused' as const, hostSeconds: doors.hostSeconds };
  const witnessed = await doors.prove();
  const { record, proof, checkpoint } = witnessed;
  requireAccepted(decideProof({ ...known, ref, record, header: proof.header, nodes: proof.nodes, checkpoint }));

  const release: PublishedRelease = { ref, releaseDigest: record.digest };
  const faults: ChannelFault[] = [];
  const manifestBytes = await findManifest({ ...doors, faults }, release);
  const manifest = parseManifest(manifestBytes);
  requireClaim(known, witnessed, manifestBytes, ref);
  const leaves = await findLeaves({ ...doors, faults }, release, manifest);

  const place = await doors.openPlace(record.digest);
  const placed = { ...doors, place };
  try {
    const completed = await completeFiles(placed, release, manifest, leaves);
    const findings = await checkPlace(placed, manifest, leaves);
    if (findings.length > 0) throw refusalError(summarizeFindings(ref, findings));
    await requireFileSet(manifest);

    const again = await doors.prove();
    const { claim, bytes } = requireClaim(known, again, manifestBytes, ref);
    await putParts(place, manifestBytes, bytes, leaves);
    await place.finish();
    return { claim, completed, faults: [...faults, ...completed.faults] };
  } catch (error) {
    if (isFinal(error)) await place.discard();
    throw error;
  } finally {
    await place.close();
  }
}

/** What another try of the same command may mend; anything else says that what was fetched is of no use. */
const MENDABLE = new Set(['IO', 'BUSY', 'UNVERIFIABLE', 'INTERNAL', 'USAGE', 'LIMIT']);

function isFinal(error: unknown): boolean {
  return isWeighbridgeError(error) && !MENDABLE.has(error.code);
}

interface Known {
  readonly trust: Trust;
  readonly deviceState: 'unused';
  readonly hostSeconds: number;
}

function requireClaim(known: Known, witnessed: WitnessedProof, manifestBytes: Uint8Array, ref: ReleaseRef) {
  const { bytes } = sealProof(witnessed, manifestBytes);
  return { claim: requireAccepted(decideClaim({ ...known, bundle: parseBundle(bytes), wanted: ref })), bytes };
}

function requireAccepted(decision: ClaimDecision): AcceptedClaim {
  if (decision.accepted) return decision.claim;
  throw refusalError(decision.refusal);
}

/** What a device needs to verify the folder alone, later. */
async function putParts(
  place: FetchPlace,
  manifestBytes: Uint8Array,
  bundleBytes: Uint8Array,
  leaves: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  await place.putMetadata('manifest.json', manifestBytes);
  await place.putMetadata('bundle.json', bundleBytes);
  for (const [tree, bytes] of leaves) await place.putMetadata(`leaves/${tree}`, bytes);
}
