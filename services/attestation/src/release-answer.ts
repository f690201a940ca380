import type { Version } from '@weighbridge/core/brands';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { describeRelease, type ReleaseDescription } from '@weighbridge/journeys/describe-release';
import { indexedRelease } from '@weighbridge/journeys/index-releases';
import { channelsHolding } from '@weighbridge/journeys/publish';
import type { ChannelName } from '@weighbridge/ports/channel';
import type { IndexedRelease } from '@weighbridge/ports/release-index';
import type { AttestationDoors } from './attestation-doors.js';
import { knownRelease } from './known-release.js';

const MOST_VERSIONS = 10_000;

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

/**
 * Brings the rows of a release's model up to date; the others may be superseded now. What the chain has is done, whatever
 * becomes of the index. The index keeps its mark, which is set anew when the service ends: after a kill nobody believes it.
 */
export async function refreshIndex(doors: AttestationDoors, ref: ReleaseRef, signal: AbortSignal): Promise<void> {
  try {
    const beside = await doors.index.list({ model: ref.model, limit: MOST_VERSIONS });
    const refs = beside
      .filter(({ release, status }) => release !== ref.name && status !== 'revoked')
      .map(({ version }) => releaseRef(ref.model, version as Version));
    const rows = [];
    for (const one of [ref, ...refs]) rows.push(await indexedRelease({ ...doors, signal }, one));
    await doors.index.put(rows);
  } catch (error) {
    doors.indexLags();
    doors.log.warn({ release: ref.name, err: error }, 'the index was not brought up to date');
  }
}

/** Keeps who did what; a log that cannot be written is said, and no reason to refuse what was done. */
export async function audit(doors: AttestationDoors, actor: string, action: string, subject: string): Promise<void> {
  doors.log.info({ actor, action, subject }, 'done');
  try {
    await doors.index.audit({ at: doors.nowSeconds() * 1000, actor, action, subject, outcome: 'OK' });
  } catch (error) {
    doors.log.error({ actor, action, subject, err: error }, 'the audit log was not written');
  }
}
