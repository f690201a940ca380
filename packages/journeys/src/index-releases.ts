import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import type { Chain } from '@weighbridge/ports/chain';
import type { Channel } from '@weighbridge/ports/channel';
import type { IndexedRelease } from '@weighbridge/ports/release-index';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { describeRelease } from './describe-release.js';
import { channelsHolding } from './publish.js';

export interface IndexDoors {
  readonly chain: Chain;
  readonly releases: ReleaseStore;
  readonly channels: readonly Channel[];
  readonly signal: AbortSignal;
}

/** The index's row of a release, derived from chain, manifest and channels. @throws UNVERIFIABLE for an unknown release */
export async function indexedRelease(doors: IndexDoors, ref: ReleaseRef): Promise<IndexedRelease> {
  const { ref: _, ...described } = await describeRelease(doors.chain, doors.releases, ref);
  const bytes = await doors.releases.getManifest(described.releaseDigest);
  const files = bytes === undefined ? [] : parseManifest(bytes).files;
  const channels = await channelsHolding(doors.channels, { ref, releaseDigest: described.releaseDigest }, doors.signal);
  return {
    release: ref.name,
    model: ref.model,
    version: ref.version,
    ...described,
    files: files.length,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    channels,
  };
}

/**
 * Rows of all releases whose manifest is here and whose digest the chain has under that name: a manifest alone was digested,
 * and not registered.
 */
export async function indexedReleases(doors: IndexDoors): Promise<IndexedRelease[]> {
  const rows: IndexedRelease[] = [];
  for (const digest of await doors.releases.listManifests()) {
    const bytes = await doors.releases.getManifest(digest);
    if (bytes === undefined) continue;
    doors.signal.throwIfAborted();
    const { model, version } = parseManifest(bytes);
    const ref = releaseRef(model, version);
    if ((await doors.chain.release(ref))?.digest === digest) rows.push(await indexedRelease(doors, ref));
  }
  return rows.sort((a, b) => (a.model === b.model ? a.versionCode - b.versionCode : a.model < b.model ? -1 : 1));
}
