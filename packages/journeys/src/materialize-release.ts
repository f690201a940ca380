import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { Manifest } from '@weighbridge/manifest/manifest';
import type { PublishedRelease } from '@weighbridge/ports/channel';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { summarizeFindings } from '@weighbridge/verify/finding';
import { refusalError } from '@weighbridge/verify/refusal';
import type { ChannelFault } from './channel-fault.js';
import { checkPlace, completeFiles } from './complete-files.js';
import type { FetchChunksDoors } from './fetch-chunks.js';
import { findLeaves, findManifest } from './find-parts.js';

export interface MaterializeDoors extends FetchChunksDoors {
  readonly releases: ReleaseStore;
}

/**
 * Takes the files of a registered release out of the channels, whatever its status: they are compared with its release digest, and
 * nobody loads them. For builders, whose base may well be revoked.
 * @throws what `fetchRelease` throws for wrong or missing parts
 */
export async function materializeRelease(
  doors: MaterializeDoors,
  release: PublishedRelease,
): Promise<{ manifest: Manifest; manifestBytes: Uint8Array }> {
  const parts = { ...doors, faults: [] as ChannelFault[] };
  const manifestBytes = await findManifest(parts, release);
  const manifest = parseManifest(manifestBytes);
  const leaves = await findLeaves(parts, release, manifest);
  await completeFiles(doors, release, manifest, leaves);
  const findings = await checkPlace(doors, manifest, leaves);
  if (findings.length > 0) throw refusalError(summarizeFindings(release.ref, findings));
  await doors.place.finish();
  return { manifest, manifestBytes };
}
