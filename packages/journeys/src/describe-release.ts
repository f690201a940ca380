import type { Address, Digest } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { Chain, NamespaceRecord, ReleaseHistory, ReleaseRecord } from '@weighbridge/ports/chain';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { requireNamespace, requireRelease } from './find-release.js';

export interface Approval {
  readonly key: Address;
  readonly role: string;
  /** Null where the node does not keep events that old. */
  readonly at: string | null;
}

/** What anybody may know of a release, as `show` and `list` print it. */
export interface ReleaseDescription {
  readonly ref: ReleaseRef;
  readonly releaseDigest: Digest;
  /** Null when the manifest is not here. */
  readonly contentDigest: Digest | null;
  readonly status: 'pending' | 'approved' | 'superseded' | 'revoked';
  readonly reason: string | null;
  readonly versionCode: number;
  readonly approvals: readonly Approval[];
  readonly threshold: number;
}

export async function describeRelease(
  chain: Chain,
  releases: ReleaseStore,
  ref: ReleaseRef,
): Promise<ReleaseDescription> {
  const record = await requireRelease(chain, ref);
  const { latestApproved } = await chain.model(ref.model);
  const namespace = await requireNamespace(chain, ref.namespace);
  const history = await chain.history(ref);
  const manifest = await releases.getManifest(record.digest);
  return {
    ref,
    releaseDigest: record.digest,
    contentDigest: manifest === undefined ? null : contentDigest(parseManifest(manifest).files),
    status: derivedStatus(record, latestApproved),
    reason: record.status === 'revoked' ? (history.revocation?.text ?? record.reason) : null,
    versionCode: record.versionCode,
    approvals: approvalsOf(record, namespace, history),
    threshold: record.threshold,
  };
}

/** Approvals that count, by approver index, with the time that the events tell. */
function approvalsOf(record: ReleaseRecord, { approvers }: NamespaceRecord, history: ReleaseHistory): Approval[] {
  const given = approvers.filter(({ index, active }) => active && isSet(record.approvals, index));
  return given.map(({ index, key, role }) => {
    const event = history.approvals.find((approval) => approval.index === index);
    return { key, role, at: event === undefined ? null : formatTime(event.at) };
  });
}

function derivedStatus(record: ReleaseRecord, latestApproved: number): ReleaseDescription['status'] {
  return record.status === 'approved' && record.versionCode < latestApproved ? 'superseded' : record.status;
}

export function isSet(bitmap: number, index: number): boolean {
  return ((bitmap >>> index) & 1) === 1;
}
