import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { AcceptedClaim, ClaimFacts } from './claim.js';
import * as rule from './claim-rules.js';
import type { FolderMatch } from './file-set.js';
import { type ClaimEvidence, proveClaim } from './prove-claim.js';
import { type Refused, refusedBy } from './refusal.js';

export interface ClaimInput extends ClaimEvidence {
  /** The release that the caller asked for, if he did. */
  readonly wanted?: ReleaseRef | undefined;
  /** What the folder holds of the release; undefined when there is no folder. */
  readonly folder?: FolderMatch | undefined;
}

export type ClaimDecision =
  | { readonly accepted: true; readonly claim: AcceptedClaim }
  /** With what the bundle proves; without it when it proves nothing. */
  | { readonly accepted: false; readonly refusal: Refused; readonly claim?: ClaimFacts };

/**
 * The rules after the proof, in the order of outcomes (bundle-v1 §8): the first that refuses counts.
 */
const RULES: readonly rule.ClaimRule[] = [
  rule.otherBlockOfSameNumber, // §8.2  UNTRUSTED: one number has one hash
  rule.modelNotCovered, //        §8.3  WRONG_ARTIFACT: only models that the trust file names
  rule.otherThanWanted, //        §8.4  WRONG_ARTIFACT: the release that was asked for
  rule.folderOfAnotherRelease, // §8.5  WRONG_ARTIFACT: a folder that holds none of its files
  rule.revoked, //                §8.6  REVOKED: however old the proof
  rule.rememberedAsRevoked, //    §8.7  REVOKED: for ever
  rule.notRegistered, //          §8.8  UNVERIFIABLE: nothing to verify against
  rule.stateDamaged, //           §8.9  UNVERIFIABLE: what was accepted is not known
  rule.clockRequired, //          §8.10 UNVERIFIABLE: the age is not known
  rule.belowProvenMinimum, //     §8.11 ROLLBACK: minAllowed of the proof
  rule.belowRememberedMinimum, // §8.12 ROLLBACK: minAllowed that was seen
  rule.belowAccepted, //          §8.13 ROLLBACK: the highest version code that was accepted
  rule.olderCheckpoint, //        §8.14 ROLLBACK: an older proof of the same release
  rule.tooOld, //                 §8.15 STALE
  rule.pending, //                §8.16 NOT_APPROVED
];

/**
 * Whether a device may take a release, by its bundle alone: the bytes are still to be compared with the manifest.
 * Everything is decided from the arguments: no file, no socket, no clock.
 */
export function decideClaim(input: ClaimInput): ClaimDecision {
  const claim = proven(input); // §8.1 UNTRUSTED: every digest and signature holds
  if ('code' in claim) return { accepted: false, refusal: claim };
  const context = contextOf(input);
  for (const refuses of RULES) {
    const refusal = refuses(claim, context);
    if (refusal !== undefined) return { accepted: false, refusal, claim };
  }
  return { accepted: true, claim: claim as AcceptedClaim };
}

function proven(input: ClaimInput): ClaimFacts | Refused {
  try {
    return proveClaim(input);
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return refusedBy(error);
  }
}

function contextOf({ trust, wanted, folder, deviceState }: ClaimInput): rule.ClaimContext {
  return {
    trust,
    wanted,
    folder,
    state: typeof deviceState === 'string' ? undefined : deviceState,
    isStateDamaged: deviceState === 'damaged',
  };
}
