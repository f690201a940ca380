import type { Digest } from '@weighbridge/core/brands';

/**
 * The door to what a publisher keeps of each release beside the weights: manifests by release digest and leaves
 * by tree root. What comes back was checked against its name; what does not match its name is absent.
 */
export interface ReleaseStore {
  /** Durable when it returns. @throws IO */
  putManifest(digest: Digest, canonical: Uint8Array): Promise<void>;
  getManifest(digest: Digest): Promise<Uint8Array | undefined>;
  /** Release digests of all manifests here, sorted. */
  listManifests(): Promise<Digest[]>;
  /** @param leaves concatenated, 64 bytes a chunk */
  putLeaves(tree: Digest, leaves: Uint8Array): Promise<void>;
  getLeaves(tree: Digest, sizeBytes: number): Promise<Uint8Array | undefined>;
}
