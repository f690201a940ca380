import { createHash } from 'node:crypto';
import type { Digest } from './brands.js';
import { digestOf } from './hex.js';

/** SHA3-512 of short messages: manifests, tree nodes, state files. Files go through a `DigestEngine`. */
export function sha3(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha3-512');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

export function sha3Digest(...parts: readonly Uint8Array[]): Digest {
  return digestOf(sha3(...parts));
}
