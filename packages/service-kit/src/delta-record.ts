import type { Digest } from '@weighbridge/core/brands';

/** What is kept beside a package that was built: whom it is for, and its facts as answers name them. */
export interface DeltaRecord {
  readonly packageDigest: Digest;
  /** The release that it starts from; null for a full package. */
  readonly from: string | null;
  /** The release that it writes. */
  readonly release: string;
  readonly versionCode: number;
  /** Unix seconds: when the newest witness signed the bundle in it. */
  readonly sealedAt: number;
  readonly totalBytes: number;
  readonly base: string | null;
  readonly target: string;
  readonly files: readonly object[];
  /** SHA3-512 of the bundle in it. */
  readonly bundle: Digest;
  /** Where it was published and read back. */
  readonly channels: readonly { readonly channel: string; readonly root: string; readonly cid: string }[];
}

export const RECORD_MAX_BYTES = 64 * 1024 * 1024;

export function writeRecord(record: DeltaRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/** Undefined for what this home did not write. */
export function readRecord(bytes: Uint8Array, packageDigest: Digest): DeltaRecord | undefined {
  try {
    const record = JSON.parse(Buffer.from(bytes).toString('utf8')) as DeltaRecord;
    const isOurs =
      record.packageDigest === packageDigest &&
      typeof record.release === 'string' &&
      Number.isSafeInteger(record.sealedAt) &&
      Number.isSafeInteger(record.totalBytes) &&
      Array.isArray(record.files) &&
      Array.isArray(record.channels);
    return isOurs ? record : undefined;
  } catch {
    return undefined;
  }
}
