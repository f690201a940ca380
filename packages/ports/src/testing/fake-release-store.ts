import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { sha3Digest } from '@weighbridge/core/sha3';
import { LEAF_BYTES, leavesMatch } from '@weighbridge/core/tree';
import type { ReleaseStore } from '../release-store.js';

/** A release store in memory. The maps are open, so that a test can damage what is kept. */
export class FakeReleaseStore implements ReleaseStore {
  readonly manifests = new Map<Digest, Uint8Array>();
  readonly leaves = new Map<Digest, Uint8Array>();
  /** A disk that takes nothing more. */
  isReadOnly = false;

  async putManifest(digest: Digest, canonical: Uint8Array): Promise<void> {
    if (sha3Digest(canonical) !== digest) throw new WeighbridgeError('TAMPERED', 'a manifest under a wrong digest');
    this.put(this.manifests, digest, canonical);
  }

  async getManifest(digest: Digest): Promise<Uint8Array | undefined> {
    const bytes = this.manifests.get(digest);
    return bytes !== undefined && sha3Digest(bytes) === digest ? bytes.slice() : undefined;
  }

  async listManifests(): Promise<Digest[]> {
    return [...this.manifests.keys()].sort();
  }

  async putLeaves(tree: Digest, leaves: Uint8Array): Promise<void> {
    if (leaves.length % LEAF_BYTES !== 0) throw new RangeError('no whole number of leaves');
    this.put(this.leaves, tree, leaves);
  }

  async getLeaves(tree: Digest, sizeBytes: number): Promise<Uint8Array | undefined> {
    const leaves = this.leaves.get(tree);
    return leaves !== undefined && leavesMatch(leaves, sizeBytes, tree) ? leaves.slice() : undefined;
  }

  private put(kept: Map<Digest, Uint8Array>, digest: Digest, bytes: Uint8Array): void {
    if (this.isReadOnly) throw new WeighbridgeError('IO', 'cannot write here', { hint: 'this is a fake' });
    kept.set(digest, bytes.slice());
  }
}
