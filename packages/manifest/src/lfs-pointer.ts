/** A pointer of Git LFS is smaller than this (its specification says 1,024 bytes). */
export const LFS_POINTER_MAX_BYTES = 1024;

const POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*oid sha256:[0-9a-f]{64}\n(?:[a-z0-9.-]+ [^\n]*\n)*(?:[a-z0-9.-]+ [^\n]*)?$/;

/** Whether a file's bytes are a Git LFS pointer: what a checkout holds where the weights were not fetched. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > LFS_POINTER_MAX_BYTES) return false;
  return POINTER.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
}
