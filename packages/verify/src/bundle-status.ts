import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { Bundle } from './bundle.js';
import { type ClaimStatus, claimStatus } from './claim.js';
import { keccak256 } from './keccak256.js';
import { readRelease } from './proof.js';
import { NodePool } from './trie.js';

/**
 * What a bundle says of its release's status, for people who look into it: nothing is checked against any trust,
 * so any node may be the storage root. Undefined when no node of the bundle leads to the release.
 */
export function statedStatus({ nodes, manifest, releaseDigest }: Bundle): ClaimStatus | undefined {
  const pool = new NodePool(nodes);
  for (const node of nodes) {
    try {
      const stated = readRelease(pool, keccak256(node), manifest);
      if (stated?.digest === releaseDigest) return claimStatus(stated);
    } catch (error) {
      if (!isWeighbridgeError(error)) throw error;
    }
  }
  return undefined;
}
