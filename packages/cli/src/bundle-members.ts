import { formatTime } from '@weighbridge/core/times';
import type { Bundle } from '@weighbridge/verify/bundle';

/** Members of the JSON answer about a bundle, as it says them itself. */
export function bundleMembers({ ref, releaseDigest, sizeBytes, checkpoint }: Bundle) {
  const witnesses = checkpoint.signatures.map(({ witness, issuedAt, maxAgeSeconds }) => ({
    witness,
    issuedAt: formatTime(issuedAt),
    maxAgeSeconds,
  }));
  const newest = Math.max(0, ...checkpoint.signatures.map(({ issuedAt }) => issuedAt));
  return {
    release: ref.name,
    releaseDigest,
    sizeBytes,
    witnesses,
    issuedAt: checkpoint.signatures.length === 0 ? null : formatTime(newest),
    maxAgeSeconds:
      checkpoint.signatures.length === 0
        ? null
        : Math.min(...checkpoint.signatures.map((signature) => signature.maxAgeSeconds)),
  };
}
