import type { Digest, ModelName, RelativePath, Sha256, Version } from '@weighbridge/core/brands';

/** manifest-v1 §1.2: 16 MiB, about 34,800 files. */
export const MANIFEST_MAX_BYTES = 16 * 1024 * 1024;

/** What a format reader found out; claims that decide nothing at a device. */
export interface FormatFacts {
  readonly format: string;
  readonly tensors: number;
}

export interface ManifestFile {
  readonly path: RelativePath;
  readonly size: number;
  readonly 'sha3-512': Digest;
  readonly tree: Digest;
  readonly sha256: Sha256;
  readonly cid: string;
  readonly facts?: FormatFacts;
}

export interface LicenseEvidence {
  readonly path: RelativePath;
  /** License id that the text was recognized as, or NOASSERTION. */
  readonly id: string;
  /** Whether the text is the license's to the letter after normalization. */
  readonly exact: boolean;
}

export interface LicenseFacts {
  readonly declared: string;
  readonly concluded: string;
  readonly evidence: readonly LicenseEvidence[];
}

export interface BaseModel {
  readonly name: string;
  readonly releaseDigest: Digest | null;
  readonly license: string;
}

export interface Source {
  readonly kind: string;
  readonly uri: string;
  readonly revision: string;
}

/** manifest-v1: what a release is. Its canonical bytes are what everything else hangs from. */
export interface Manifest {
  readonly format: 'manifest-v1';
  readonly model: ModelName;
  readonly version: Version;
  readonly versionCode: number;
  /** Sorted by the UTF-8 bytes of `path`. */
  readonly files: readonly ManifestFile[];
  readonly license: LicenseFacts;
  readonly baseModels: readonly BaseModel[];
  readonly source: Source;
}
