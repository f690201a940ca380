import type { Digest } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Manifest } from '@weighbridge/manifest/manifest';
import type { Registry } from './eip712.js';
import type { ProvenRelease } from './proof.js';
import type { Trust } from './trust.js';

export type ClaimStatus = 'pending' | 'approved' | 'superseded' | 'revoked';

/** Whether the host clock can be right: `unset` when it is behind a time that was signed or accepted before. */
export type ClockState = 'host' | 'unset';

/** What is proven about a release once nothing of it is UNTRUSTED. */
export interface ClaimFacts {
  readonly ref: ReleaseRef;
  readonly releaseDigest: Digest;
  readonly manifest: Manifest;
  readonly registry: Registry;
  /** Undefined when the state proves that the release is not registered; `status` is then undefined too. */
  readonly proven: ProvenRelease | undefined;
  readonly status: ClaimStatus | undefined;
  /** What vouches for the block. */
  readonly anchor: 'witness';
  readonly clock: ClockState;
  /** Unix seconds: the latest of host clock, block time, issue time and time floor. */
  readonly nowSeconds: number;
  /** Unix seconds: the k-th newest issue time of trusted witnesses. */
  readonly issuedAt: number;
  readonly ageSeconds: number;
  readonly maxAgeSeconds: number;
  /** Block number and block hash. */
  readonly number: number;
  readonly hash: string;
  /** True on a chain where anybody can be anybody. */
  readonly development: boolean;
}

/** A release that a device may accept, once its bytes are the manifest's. */
export interface AcceptedClaim extends ClaimFacts {
  readonly proven: ProvenRelease;
  readonly status: 'approved' | 'superseded';
}

/** bundle-v1 §6.1: `superseded` is derived from the model's slot. */
export function claimStatus({ status, versionCode, latestApproved }: ProvenRelease): ClaimStatus {
  return status === 'approved' && versionCode < latestApproved ? 'superseded' : status;
}

export function registryOf({ chainId, contract }: Trust): Registry {
  return { chainId, contract };
}
