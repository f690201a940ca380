import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { ChunkAlgorithm } from '@weighbridge/core/digest-engine';

/** More at once would hold up whatever else the event loop has to do. */
const SLICE_BYTES = 131_072;

/** Digest of a block too large for the engine's chunks, in slices on the event loop. */
export async function digestSlowly(algorithm: ChunkAlgorithm, bytes: Uint8Array): Promise<Uint8Array> {
  const hash = createHash(algorithm);
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
    await setImmediate();
  }
  return hash.digest();
}
