import type { ChannelName } from '@weighbridge/ports/channel';
import type { IndexedRelease } from '@weighbridge/ports/release-index';
import type { ReleaseRow } from './index-schema.js';

export function rowOf(indexed: IndexedRelease): ReleaseRow {
  return {
    release: indexed.release,
    model: indexed.model,
    version: indexed.version,
    version_code: indexed.versionCode,
    release_digest: indexed.releaseDigest,
    content_digest: indexed.contentDigest,
    status: indexed.status,
    reason: indexed.reason,
    approvals: JSON.stringify(indexed.approvals),
    threshold: indexed.threshold,
    files: indexed.files,
    bytes: indexed.bytes,
    channels: JSON.stringify(indexed.channels),
  };
}

/** Rows were written by `rowOf`, and decide nothing should somebody have changed them. @throws SyntaxError */
export function indexedOf(row: ReleaseRow): IndexedRelease {
  return {
    release: row.release as IndexedRelease['release'],
    model: row.model as IndexedRelease['model'],
    version: row.version,
    versionCode: Number(row.version_code),
    releaseDigest: row.release_digest as IndexedRelease['releaseDigest'],
    contentDigest: row.content_digest as IndexedRelease['contentDigest'],
    status: row.status as IndexedRelease['status'],
    reason: row.reason,
    approvals: JSON.parse(row.approvals) as IndexedRelease['approvals'],
    threshold: Number(row.threshold),
    files: Number(row.files),
    bytes: Number(row.bytes),
    channels: JSON.parse(row.channels) as ChannelName[],
  };
}
