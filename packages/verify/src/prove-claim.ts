import type { Bundle } from './bundle.js';
import { type Checkpoint, type CheckpointSignature, checkpointDigest } from './checkpoint.js';
import { type ClaimFacts, claimStatus, registryOf } from './claim.js';
import { chainFloor, type DeviceState } from './device-state.js';
import { type ProvenRelease, proveRelease } from './proof.js';
import { untrusted } from './refusal.js';
import { recoverAddress } from './signatures.js';
import { isDevelopmentChain, type Trust } from './trust.js';

export interface ClaimEvidence {
  readonly trust: Trust;
  readonly bundle: Bundle;
  readonly deviceState: DeviceState | 'damaged' | 'unused';
  /** Unix seconds of the host clock, right or wrong. */
  readonly hostSeconds: number;
}

/**
 * bundle-v1 §4–§5: what a bundle proves to somebody with this trust file.
 * @throws UNTRUSTED for the first link of the chain that does not hold; RangeError for a clock that is no whole number
 */
export function proveClaim(evidence: ClaimEvidence): ClaimFacts {
  const { trust, bundle } = evidence;
  requireWitnessAnchor(trust);
  requireHeaderOfCheckpoint(bundle);
  const vouching = trustedSignatures(trust, bundle.checkpoint);
  const issuedAt = issueTime(trust, vouching);
  requireBlockBefore(bundle, issuedAt);
  const proven = proveRelease({ ...registeredAs(bundle), contract: trust.contract, codeHash: trust.codeHash });
  if (proven !== undefined) requireSameManifest(bundle, proven);
  return {
    ref: bundle.ref,
    releaseDigest: bundle.releaseDigest,
    manifest: bundle.manifest,
    registry: registryOf(trust),
    proven,
    status: proven && claimStatus(proven),
    anchor: 'witness',
    ...timesOf(evidence, issuedAt),
    // bundle-v1 §4.7: whoever asks for less gets it.
    maxAgeSeconds: Math.min(trust.maxAgeSeconds, ...vouching.map((signature) => signature.maxAgeSeconds)),
    number: bundle.block.number,
    hash: bundle.block.hash,
    development: isDevelopmentChain(trust.chainId),
  };
}

/** What the bundle says; what it is held against comes from the trust file alone. */
function registeredAs({ block, nodes, ref }: Bundle) {
  return { stateRoot: block.stateRoot, nodes, model: ref.model, version: ref.version };
}

/** trust-v1 §2.6: without a network only witnesses can say which block is real. */
function requireWitnessAnchor(trust: Trust): void {
  if (!trust.anchors.includes('witness'))
    throw untrusted('the trust file does not take witnesses as an anchor, and a bundle has no other');
}

/** bundle-v1 §4.3: the header is the block that was signed. */
function requireHeaderOfCheckpoint({ block, checkpoint }: Bundle): void {
  if (block.hash !== checkpoint.hash) {
    throw untrusted('the block header is not the one that the witnesses signed', {
      expected: checkpoint.hash,
      found: block.hash,
    });
  }
  if (block.number !== checkpoint.number) {
    throw untrusted(`the block header has number ${block.number}, the checkpoint ${checkpoint.number}`);
  }
}

/** bundle-v1 §4.4: every signature is of the address beside it; those of strangers are passed over. */
function trustedSignatures(trust: Trust, checkpoint: Checkpoint): CheckpointSignature[] {
  for (const entry of checkpoint.signatures) {
    const digest = checkpointDigest(trust, { ...entry, number: checkpoint.number, hash: checkpoint.hash });
    if (recoverAddress(digest, entry.signature) !== entry.witness) {
      throw untrusted(
        `the signature of ${entry.witness} in the bundle is not of that witness over this checkpoint on this chain and contract`,
      );
    }
  }
  return checkpoint.signatures.filter(({ witness }) => trust.witnesses.includes(witness));
}

/** bundle-v1 §4.5: the k-th newest time of trusted witnesses: k of them say that it was at least this late. */
function issueTime(trust: Trust, vouching: readonly CheckpointSignature[]): number {
  const newest = vouching.map((signature) => signature.issuedAt).sort((a, b) => b - a);
  const time = newest[trust.threshold - 1];
  if (time !== undefined) return time;
  throw untrusted(`${vouching.length} trusted witnesses signed the bundle, ${trust.threshold} are needed`, {
    expected: String(trust.threshold),
    found: String(vouching.length),
  });
}

/** bundle-v1 §4.6: nobody can have seen a block before it was made. */
function requireBlockBefore({ block }: Bundle, issuedAt: number): void {
  if (block.timestamp > issuedAt) throw untrusted('the block is from after the time at which the witnesses signed it');
}

/** bundle-v1 §5.7: what is registered is this manifest. */
function requireSameManifest({ ref, manifest, releaseDigest }: Bundle, proven: ProvenRelease): void {
  if (proven.digest !== releaseDigest) {
    throw untrusted(`the manifest in the bundle is not the one registered as ${ref.name}`, {
      expected: proven.digest,
      found: releaseDigest,
    });
  }
  if (proven.versionCode !== manifest.versionCode) {
    throw untrusted(
      `${ref.name} is registered with version code ${proven.versionCode}, its manifest says ${manifest.versionCode}`,
    );
  }
}

/** bundle-v1 §7: now is the latest time that anybody credible says; a host clock behind what was signed is wrong. */
function timesOf({ trust, bundle, deviceState, hostSeconds }: ClaimEvidence, issuedAt: number) {
  if (!Number.isSafeInteger(hostSeconds))
    throw new RangeError(`the host clock says ${hostSeconds}, no whole number of seconds`);
  const floor = typeof deviceState === 'string' ? 0 : chainFloor(deviceState, trust).floor;
  const nowSeconds = Math.max(hostSeconds, bundle.block.timestamp, issuedAt, floor);
  const isBehind = hostSeconds < Math.max(issuedAt, floor, trust.issuedAt);
  return {
    clock: isBehind ? ('unset' as const) : ('host' as const),
    nowSeconds,
    issuedAt,
    ageSeconds: nowSeconds - issuedAt,
  };
}
