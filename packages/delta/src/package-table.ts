import type { Digest, RelativePath } from '@weighbridge/core/brands';

/** delta-v1 §3.5. */
export const FILES_MAX = 100_000;
export const PIECES_MAX = 1_000_000;
export const RESOURCES_MAX = 100_000;
export const RESOURCE_MAX_BYTES = 64 * 1024 * 1024;
export const PAYLOAD_MAX_BYTES = 2 * 1024 * 1024;
export const LABELS_MAX_BYTES = 16 * 1024 * 1024;
/** Of a SHA3-512, its first 32 bytes. */
export const DIGEST32_BYTES = 32;

export const NO_RESOURCE = -1;

export type Pinned =
  | { readonly kind: 'release'; readonly contentDigest: Digest; readonly releaseDigest: Digest }
  | { readonly kind: 'content'; readonly contentDigest: Digest };

export interface BaseFile {
  readonly path: RelativePath;
  readonly size: number;
  readonly tree: Digest;
}

export interface SourceRange {
  /** Index in the base files. */
  readonly file: number;
  readonly offset: number;
}

/** delta-v1 §4: a run of bytes of a target file and how it is written. */
export interface Piece {
  /** Id of the operation. */
  readonly operation: number;
  /** Offset in the target file. */
  readonly start: number;
  /** Bytes of output. */
  readonly length: number;
  /** As long as the output; undefined for operations without. */
  readonly source: SourceRange | undefined;
  /** Index in the resources, or `NO_RESOURCE`. */
  readonly resource: number;
}

/** The payloads of a file, one a leaf. */
export interface Payloads {
  readonly lengths: Uint32Array;
  /** 32 bytes a leaf; zeros where there is no payload. */
  readonly digests: Uint8Array;
}

export interface TargetFile extends BaseFile {
  /** Concatenated, 64 bytes a chunk. */
  readonly leaves: Uint8Array;
  readonly pieces: readonly Piece[];
  readonly payloads: Payloads;
}

export interface Resource {
  /** The operation that it belongs to. */
  readonly operation: number;
  readonly length: number;
  readonly digest32: Uint8Array;
}

/** delta-v1 §3: everything of a package but resources and payloads themselves. */
export interface PackageTable {
  /** Undefined for a full package. */
  readonly base: Pinned | undefined;
  readonly target: Pinned;
  /** The bundle-v1 of a target that is a registered release, else empty. */
  readonly bundle: Uint8Array;
  readonly baseFiles: readonly BaseFile[];
  readonly targetFiles: readonly TargetFile[];
  readonly resources: readonly Resource[];
  /** Packed; see `table-labels.ts`. */
  readonly labels: Uint8Array;
}
