import type { FullDigests, TreeDigests } from '@weighbridge/core/digest-engine';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { LEAF_BYTES, leafAt, leavesMatch } from '@weighbridge/core/tree';
import { unixfsCid } from '@weighbridge/manifest/cid';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { chunkFinding, digestFinding, type Finding } from './finding.js';

/**
 * bundle-v1 §9.2: the tree of a file against its entry.
 * @param leaves of the registered file, from anywhere: a chunk is named only when they belong to the registered root
 */
export function checkTreeDigests(file: ManifestFile, found: TreeDigests, leaves?: Uint8Array): Finding | undefined {
  if (found.tree === file.tree) return undefined;
  const areGood = leaves !== undefined && leavesMatch(leaves, file.size, file.tree);
  const chunk = areGood ? firstBadChunk(leaves, found.leaves) : undefined;
  if (leaves === undefined || chunk === undefined) return digestFinding(file.path, 'tree', file.tree, found.tree);
  return chunkFinding(file.path, chunk, toHex(leafAt(leaves, chunk)), toHex(leafAt(found.leaves, chunk)));
}

/** manifest-v1 §4: all four digests of a file against its entry; a file whose digests disagree is TAMPERED. */
export function checkFullDigests(file: ManifestFile, found: FullDigests): Finding | undefined {
  const pairs = [
    ['tree', file.tree, found.tree],
    ['sha3-512', file['sha3-512'], found.whole],
    ['sha256', file.sha256, found.sha256],
    ['cid', file.cid, unixfsCid(found.sizeBytes, found.chunkSha256)],
  ] as const;
  const wrong = pairs.find(([, expected, actual]) => expected !== actual);
  return wrong === undefined ? undefined : digestFinding(file.path, wrong[0], wrong[1], wrong[2]);
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
