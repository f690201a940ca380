import type { Digest } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { Chain } from '@weighbridge/ports/chain';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import type { Signer } from '@weighbridge/ports/signer';
import { buildBundle } from '@weighbridge/verify/bundle';
import type { Checkpoint } from '@weighbridge/verify/checkpoint';
import { absentManifest, requireRelease } from './find-release.js';
import { signCheckpoint } from './witness.js';

export interface SealDoors {
  readonly chain: Chain;
  readonly releases: ReleaseStore;
  /** Manifest bytes that lie beside the weights, if any: good when their digest is the registered one. */
  readonly manifestAtHand?: Uint8Array | undefined;
  readonly witness: Signer;
  readonly nowSeconds: number;
}

export interface SealedBundle {
  readonly bytes: Uint8Array;
  readonly checkpoint: Checkpoint;
}

/**
 * Seals what a device needs to verify a release alone: manifest, proof, witnessed block.
 * @throws UNVERIFIABLE for an unknown release and for one whose manifest is not here
 */
export async function sealBundle(doors: SealDoors, ref: ReleaseRef, maxAgeSeconds: number): Promise<SealedBundle> {
  const { chain, witness, nowSeconds } = doors;
  const record = await requireRelease(chain, ref);
  const manifestBytes = await findManifest(doors, record.digest, ref);
  const proof = await chain.prove(ref);
  const checkpoint = await signCheckpoint(
    { identity: chain.identity, signer: witness, nowSeconds },
    proof,
    maxAgeSeconds,
  );
  return { bytes: buildBundle({ manifestBytes, header: proof.header, nodes: proof.nodes, checkpoint }), checkpoint };
}

async function findManifest(
  { releases, manifestAtHand }: SealDoors,
  digest: Digest,
  ref: ReleaseRef,
): Promise<Uint8Array> {
  const kept = await releases.getManifest(digest);
  if (kept !== undefined) return kept;
  if (manifestAtHand !== undefined && releaseDigest(manifestAtHand) === digest) return manifestAtHand;
  throw absentManifest(ref, digest);
}
