import { parseReleaseRef } from '@weighbridge/core/names';
import type { Digest } from '@weighbridge/core/brands';
import type { DeltaRecord } from '@weighbridge/service-kit/delta-record';
import { HttpRefusal } from '@weighbridge/service-kit/problem';
import type { AttestationDoors } from './attestation-doors.js';

/** @throws 404 when it is not here */
export async function knownDelta({ deltas }: AttestationDoors, packageDigest: Digest): Promise<DeltaRecord> {
  const record = await deltas.record(packageDigest);
  if (record !== undefined) return record;
  throw new HttpRefusal(404, 'USAGE', 'there is no such package', 'POST /v1/deltas builds one; its job names it');
}

/** A package in a list. */
export function deltaSummary({ packageDigest, from, release, sealedAt, totalBytes, base, target }: DeltaRecord) {
  return {
    packageDigest,
    from,
    release,
    sealedAt: new Date(sealedAt * 1000).toISOString().replace('.000Z', 'Z'),
    totalBytes,
    base,
    target,
  };
}

/** A package as `weighbridge delta inspect --json` shows it, and how its release stands. */
export async function deltaAnswer({ chain }: AttestationDoors, record: DeltaRecord) {
  const known = await chain.release(parseReleaseRef(record.release));
  return {
    ...deltaSummary(record),
    budgetBytes: null,
    fits: true,
    baseKind: record.base === null ? null : 'release',
    targetKind: 'release',
    status: known?.digest === record.target ? known.status : null,
    channels: record.channels,
    files: record.files,
  };
}
