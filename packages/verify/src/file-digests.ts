import type { Digest, Sha256 } from '@weighbridge/core/brands';
import { bytesEqual } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { LEAF_BYTES, leafAt } from '@weighbridge/core/tree';
import type { ManifestFile } from '@weighbridge/manifest/manifest';

/** What was computed from the bytes of a file: the tree alone at boot, all of it at register and with --all-digests. */
export interface FoundDigests {
  readonly sizeBytes: number;
  readonly tree: Digest;
  readonly whole?: Digest;
  readonly sha256?: Sha256;
  readonly cid?: string;
}

/** A file whose bytes are not the registered ones: TAMPERED. */
export interface DigestFinding {
  /** As it is shown: control characters are escaped. */
  readonly file: string;
  /** The first member of the manifest's entry that differs. */
  readonly member: 'size' | 'tree' | 'sha3-512' | 'sha256' | 'cid';
  readonly message: string;
  readonly hint: string;
  readonly expected: string;
  readonly found: string;
}

/** manifest-v1 §5.4: the digests of a file against its entry; digests that were not computed are not compared. */
export function decideFileDigests(file: ManifestFile, found: FoundDigests): DigestFinding | undefined {
  return (
    difference(file, 'size', String(file.size), String(found.sizeBytes)) ??
    difference(file, 'tree', file.tree, found.tree) ??
    difference(file, 'sha3-512', file['sha3-512'], found.whole) ??
    difference(file, 'sha256', file.sha256, found.sha256) ??
    difference(file, 'cid', file.cid, found.cid)
  );
}

/**
 * Index of the first chunk that is not the registered one; undefined when none differs.
 * @param expected concatenated leaves, already checked against the registered root
 * @param found concatenated leaves of the bytes on disk
 */
export function firstBadChunk(expected: Uint8Array, found: Uint8Array): number | undefined {
  const count = Math.max(expected.length, found.length) / LEAF_BYTES;
  for (let index = 0; index < count; index += 1) {
    if (!bytesEqual(leafAt(expected, index), leafAt(found, index))) return index;
  }
  return undefined;
}

function difference(
  { path }: ManifestFile,
  member: DigestFinding['member'],
  expected: string,
  found: string | undefined,
): DigestFinding | undefined {
  if (found === undefined || found === expected) return undefined;
  const file = showPath(path);
  return {
    file,
    member,
    message: `${file} is not the registered file: its ${member} differs`,
    hint: 'get the file again from its publisher; do not load it',
    expected,
    found,
  };
}
