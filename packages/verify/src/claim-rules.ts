import type { ReleaseRef } from '@weighbridge/core/names';
import type { ClaimFacts } from './claim.js';
import { chainFloor, type DeviceState, modelFloor } from './device-state.js';
import { showDuration } from './durations.js';
import type { FolderMatch } from './file-set.js';
import { type Refused, refuse } from './refusal.js';
import { type Trust, trustCovers } from './trust.js';

/** What a rule may look at besides what is proven. */
export interface ClaimContext {
  readonly trust: Trust;
  /** The release that the caller asked for. */
  readonly wanted: ReleaseRef | undefined;
  /** Undefined when there is no folder. */
  readonly folder: FolderMatch | undefined;
  readonly state: DeviceState | undefined;
  readonly isStateDamaged: boolean;
}

/** A rule refuses or has nothing to say. */
export type ClaimRule = (claim: ClaimFacts, context: ClaimContext) => Refused | undefined;

/** Index is the reason code on chain. */
const REASONS = ['none', 'other', 'security', 'license', 'quality', 'key-compromise', 'legal'] as const;
const NEW_BUNDLE = 'get a new bundle: weighbridge bundle export';

export const otherBlockOfSameNumber: ClaimRule = (claim, { state }) => {
  const seen = state?.releases.get(claim.releaseDigest);
  if (seen === undefined || seen.number !== claim.number || seen.hash === claim.hash) return undefined;
  return refusal(
    claim,
    'UNTRUSTED',
    `block ${claim.number} had another hash when ${claim.ref.name} was accepted here: witnesses signed two histories`,
    'do not load it; tell the publisher that his witnesses disagree',
    { expected: seen.hash, found: claim.hash },
  );
};

export const modelNotCovered: ClaimRule = (claim, { trust }) =>
  trustCovers(trust, claim.ref.model)
    ? undefined
    : refusal(
        claim,
        'WRONG_ARTIFACT',
        `this device takes no releases of ${claim.ref.model}: its trust file names ${trust.models.join(', ')}`,
        'use a release of a model that the trust file names, or import a trust file that names this one',
        { expected: trust.models.join(', '), found: claim.ref.model },
      );

export const otherThanWanted: ClaimRule = (claim, { wanted }) =>
  wanted === undefined || wanted.name === claim.ref.name
    ? undefined
    : refusal(
        claim,
        'WRONG_ARTIFACT',
        `the bundle is of ${claim.ref.name}, not of ${wanted.name}`,
        `use the bundle of ${wanted.name}`,
        {
          expected: wanted.name,
          found: claim.ref.name,
        },
      );

export const folderOfAnotherRelease: ClaimRule = (claim, { folder }) =>
  folder === 'none-listed'
    ? refusal(
        claim,
        'WRONG_ARTIFACT',
        `no file of ${claim.ref.name} is in the folder`,
        'use the folder and the bundle of the same release',
      )
    : undefined;

export const revoked: ClaimRule = (claim) => {
  if (claim.proven?.status !== 'revoked') return undefined;
  const reason = REASONS[claim.proven.reason] ?? 'other';
  return refusal(
    claim,
    'REVOKED',
    `${claim.ref.name} is revoked (${reason})`,
    'install a release that is not revoked',
    { reason },
  );
};

export const rememberedAsRevoked: ClaimRule = (claim, { state }) =>
  state !== undefined && chainFloor(state, claim.registry).revoked.includes(claim.releaseDigest)
    ? refusal(
        claim,
        'REVOKED',
        `${claim.ref.name} was seen revoked by this device; a revocation is never taken back`,
        'install a release that is not revoked',
      )
    : undefined;

export const notRegistered: ClaimRule = (claim) =>
  claim.proven === undefined
    ? refusal(
        claim,
        'UNVERIFIABLE',
        `${claim.ref.name} is not registered in block ${claim.number}`,
        'register it, or get a bundle from after its registration',
      )
    : undefined;

export const stateDamaged: ClaimRule = (claim, { isStateDamaged }) =>
  isStateDamaged
    ? refusal(
        claim,
        'UNVERIFIABLE',
        'the device state is damaged, so that nobody can say what this device has accepted',
        'restore the device state from a backup; without one, remove it by hand and know that this forgets what was accepted',
      )
    : undefined;

export const clockRequired: ClaimRule = (claim, { trust }) =>
  trust.requireClock && claim.clock === 'unset'
    ? refusal(
        claim,
        'UNVERIFIABLE',
        'the clock of this device is behind times that were already signed, and the trust file requires a right one',
        'set the clock',
      )
    : undefined;

export const belowProvenMinimum: ClaimRule = (claim) =>
  belowMinimum(claim, claim.proven?.minAllowed ?? 0, 'the publisher allows');

export const belowRememberedMinimum: ClaimRule = (claim, { state }) =>
  belowMinimum(
    claim,
    state === undefined ? 0 : modelFloor(state, claim.ref.model).minAllowed,
    'the publisher allowed before',
  );

export const belowAccepted: ClaimRule = (claim, { state }) =>
  belowMinimum(
    claim,
    state === undefined ? 0 : modelFloor(state, claim.ref.model).versionCode,
    'this device has accepted',
  );

export const olderCheckpoint: ClaimRule = (claim, { state }) => {
  const seen = state?.releases.get(claim.releaseDigest);
  if (seen === undefined || claim.number >= seen.number) return undefined;
  return refusal(
    claim,
    'ROLLBACK',
    `the bundle of ${claim.ref.name} is of block ${claim.number}, this device has seen block ${seen.number}`,
    `${NEW_BUNDLE} ${claim.ref.name}`,
    { expected: String(seen.number), found: String(claim.number) },
  );
};

export const tooOld: ClaimRule = (claim) =>
  claim.ageSeconds > claim.maxAgeSeconds
    ? refusal(
        claim,
        'STALE',
        `the proof of ${claim.ref.name} is ${showDuration(claim.ageSeconds)} old, at most ${showDuration(claim.maxAgeSeconds)} are allowed`,
        `${NEW_BUNDLE} ${claim.ref.name}`,
        { expected: String(claim.maxAgeSeconds), found: String(claim.ageSeconds) },
      )
    : undefined;

export const pending: ClaimRule = (claim) => {
  if (claim.proven?.status !== 'pending') return undefined;
  const { approvals, threshold } = claim.proven;
  return refusal(
    claim,
    'NOT_APPROVED',
    `${claim.ref.name} has ${countBits(approvals)} of ${threshold} approvals`,
    `have it approved: weighbridge approve ${claim.ref.name}`,
    { expected: String(threshold), found: String(countBits(approvals)) },
  );
};

function belowMinimum(claim: ClaimFacts, least: number, who: string): Refused | undefined {
  const code = claim.manifest.versionCode;
  if (code >= least) return undefined;
  return refusal(
    claim,
    'ROLLBACK',
    `${claim.ref.name} has version code ${code}, below ${least}, the lowest that ${who}`,
    `install a release of ${claim.ref.model} with version code ${least} or above`,
    { expected: String(least), found: String(code) },
  );
}

function refusal(
  claim: ClaimFacts,
  code: Refused['code'],
  message: string,
  hint: string,
  details: Refused['details'] = {},
): Refused {
  return refuse(code, message, hint, { release: claim.ref.name, ...details });
}

function countBits(bitmap: number): number {
  return bitmap.toString(2).replaceAll('0', '').length;
}
