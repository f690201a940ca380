import type { Digest } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import { describeRelease, type ReleaseDescription } from '@weighbridge/journeys/describe-release';
import { channelsHolding } from '@weighbridge/journeys/publish';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { ChannelName } from '@weighbridge/ports/channel';
import type { IndexedRelease } from '@weighbridge/ports/release-index';
import type { AttestationDoors } from './attestation-doors.js';
import { knownRelease } from './known-release.js';

export type ReleaseAnswer = Omit<ReleaseDescription, 'ref'> & {
  readonly release: string;
  readonly channels: readonly ChannelName[];
};

/** What clients are told of a release: asked of chain and channels now. @throws 404 */
export async function releaseAnswer(
  doors: AttestationDoors,
  ref: ReleaseRef,
  signal: AbortSignal,
): Promise<ReleaseAnswer> {
  await knownRelease(doors.chain, ref);
  const { ref: _, ...description } = await describeRelease(doors.chain, doors.releases, ref);
  const channels = await channelsHolding(doors.channels, { ref, releaseDigest: description.releaseDigest }, signal);
  return { release: ref.name, ...description, channels };
}

export function indexedAnswer(row: IndexedRelease): ReleaseAnswer {
  const { release, releaseDigest, contentDigest, status, reason, versionCode, threshold, channels } = row;
  const approvals = row.approvals as ReleaseAnswer['approvals'];
  return { release, releaseDigest, contentDigest, status, reason, versionCode, approvals, threshold, channels };
}

/** Brings a release's row up to date; an index that cannot be written is no reason to refuse what was done. */
export async function refreshIndex(doors: AttestationDoors, ref: ReleaseRef, signal: AbortSignal): Promise<void> {
  if (doors.index === undefined) return;
  try {
    const { release: _, ...answer } = await releaseAnswer(doors, ref, signal);
    const { files, bytes } = await sizeOf(doors, answer.releaseDigest);
    const { name: release, model, version } = ref;
    await doors.index.put([{ release, model, version, ...answer, files, bytes }]);
  } catch (error) {
    doors.log.warn({ release: ref.name, err: error }, 'the index was not brought up to date');
  }
}

async function sizeOf({ releases }: AttestationDoors, digest: Digest): Promise<{ files: number; bytes: number }> {
  const manifest = await releases.getManifest(digest);
  if (manifest === undefined) return { files: 0, bytes: 0 };
  const { files } = parseManifest(manifest);
  return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}
