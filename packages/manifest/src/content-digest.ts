import type { Digest } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import { compareUtf8 } from '@weighbridge/core/members';
import { sha3Digest } from '@weighbridge/core/sha3';

/** manifest-v1 §6: names the bytes, whatever the release is called. */
export function contentDigest(files: readonly { path: string; size: number; tree: Digest }[]): Digest {
  const list = files.map(({ path, size, tree }) => ({ path, size, tree }));
  return sha3Digest(canonicalBytes(list.sort((a, b) => compareUtf8(a.path, b.path))));
}
