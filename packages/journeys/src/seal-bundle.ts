import type { Digest } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { Chain, ReleaseRecord, StateProof } from '@weighbridge/ports/chain';
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

/** What the chain says of a release at one block, and who vouches for the block. */
export interface WitnessedProof {
  /** As the chain says it; proven by the rest alone. */
  readonly record: ReleaseRecord;
  readonly proof: StateProof;
  readonly checkpoint: Checkpoint;
}

/** Asks the chain now. @throws UNVERIFIABLE for an unknown release */
export async function proveRelease(
  { chain, witness, nowSeconds }: Pick<SealDoors, 'chain' | 'witness' | 'nowSeconds'>,
  ref: ReleaseRef,
  maxAgeSeconds: number,
): Promise<WitnessedProof> {
  const record = await requireRelease(chain, ref);
  const proof = await chain.prove(ref);
  const signing = { identity: chain.identity, signer: witness, nowSeconds };
  return { record, proof, checkpoint: await signCheckpoint(signing, proof, maxAgeSeconds) };
}

/**
 * Seals what a device needs to verify a release alone: manifest, proof, witnessed block.
 * @throws UNVERIFIABLE for an unknown release and for one whose manifest is not here
 */
export async function sealBundle(doors: SealDoors, ref: ReleaseRef, maxAgeSeconds: number): Promise<SealedBundle> {
  const witnessed = await proveRelease(doors, ref, maxAgeSeconds);
  return sealProof(witnessed, await findManifest(doors, witnessed.record.digest, ref));
}

/** @param manifestBytes canonical */
export function sealProof({ proof, checkpoint }: WitnessedProof, manifestBytes: Uint8Array): SealedBundle {
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
