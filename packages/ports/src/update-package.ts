import type { Digest, RelativePath } from '@weighbridge/core/brands';
import type { FetchPlace } from './fetch-place.js';
import type { ReleaseFolder } from './release-folder.js';

/** What a package pins about a set of files: a registered release, or bytes whatever they are called. */
export type PinnedContent =
  | { readonly kind: 'release'; readonly releaseDigest: Digest; readonly contentDigest: Digest }
  | { readonly kind: 'content'; readonly contentDigest: Digest };

/** A base that was proven byte for byte and is held open for reading. */
export interface ProvenBase {
  close(): Promise<void>;
}

/**
 * The door to one delta package (delta-v1) whose header and table were read and found to hold together. Nothing in it is
 * trusted for that: the target's digests come from the bundle in it once that is verified, the bytes are compared with them.
 */
export interface UpdatePackage {
  /** As the user named it. */
  readonly location: string;
  readonly packageDigest: Digest;
  /** Undefined for a full package, which needs no base. */
  readonly base: PinnedContent | undefined;
  readonly target: PinnedContent;
  /** The target's bundle-v1, not verified; undefined when the target is no registered release. */
  readonly bundleBytes: Uint8Array | undefined;
  /** Of the target's files, sorted. */
  readonly targetPaths: readonly RelativePath[];
  /** Sum of the sizes of the target's files. */
  readonly targetBytes: number;
  /**
   * Digests every file of the base and compares. `.weighbridge/` is passed over.
   * @throws WRONG_ARTIFACT when it is another base, a damaged one, or one with more files
   */
  proveBase(folder: ReleaseFolder): Promise<ProvenBase>;
  /**
   * Decodes the whole package once and compares each chunk of 1 MiB with the target's leaves; writes nothing.
   * @param base what `proveBase` gave; undefined for a full package
   * @throws TAMPERED, MALFORMED, LIMIT
   */
  checkWhole(base: ProvenBase | undefined): Promise<void>;
  /**
   * Puts the target together: decodes what does not lie there yet, compares each chunk before it is written, and reads
   * everything again at the end. Does not make it appear (`place.finish`).
   * @throws TAMPERED, MALFORMED, LIMIT, IO
   */
  writeTo(place: FetchPlace, base: ProvenBase | undefined): Promise<void>;
  /** The concatenated leaves of one of the target's files; their root is the file's tree. */
  leavesOf(path: RelativePath): Uint8Array;
  close(): Promise<void>;
}
