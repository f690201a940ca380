import type { Sha256 } from '@weighbridge/core/brands';

/** The pointer that stands in a commit for an object of the LFS store, as git-lfs writes it. */
export function lfsPointer(oid: Sha256, sizeBytes: number): Uint8Array {
  return new TextEncoder().encode(`version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${sizeBytes}\n`);
}
