import type { Outcome } from '@weighbridge/core/outcome';
import { type BundleCase, bundleVector } from './bundle-vector.js';
import { type Scene, scene, W1, W2 } from './scene.js';
import { DAY, ISSUED, MAX_AGE, NOW, time } from './times.js';
import type { Vector } from './vector.js';

const OLD = ISSUED + MAX_AGE + 1;
/** A clock that was never set. */
const LONG_AGO = ISSUED - 2_000 * DAY;

/** Bundles that prove what they say, and what they say is no. */
export function refusedBundles(): Vector[] {
  return [...statuses(), ...ages(), ...artifacts(), ...orders()];
}

function statuses(): Vector[] {
  return [
    refused(
      'pending',
      'NOT_APPROVED',
      'registered, and nobody has approved it.',
      scene({ record: { status: 1, approvals: 0, latestApproved: 0 } }),
    ),
    refused(
      'pending_with_one_of_two',
      'NOT_APPROVED',
      'one of two approvals is there.',
      scene({ record: { status: 1, approvals: 2, threshold: 2, latestApproved: 0 } }),
    ),
    refused('revoked', 'REVOKED', 'revoked, for security.', scene({ record: { status: 3, reason: 2 } })),
    refused(
      'below_min_allowed',
      'ROLLBACK',
      'the publisher allows version code 2 and above.',
      scene({ record: { minAllowed: 2, latest: 2, latestApproved: 2 } }),
    ),
  ];
}

function ages(): Vector[] {
  const twoOfThree = { witnesses: [W1.address, W2.address].sort(), threshold: 2 };
  return [
    refused('too_old_by_one_second', 'STALE', 'a second older than is allowed.', scene(), { now: OLD }),
    refused('too_old_by_ten_years', 'STALE', 'ten years old.', scene(), { now: ISSUED + 3_650 * DAY }),
    refused(
      'too_old_for_its_witness',
      'STALE',
      'its witness allowed one hour.',
      scene({ signers: [{ by: W1, maxAgeSeconds: 3_600 }] }),
      { now: ISSUED + 3_601 },
    ),
    refused(
      'too_old_for_the_trust_file',
      'STALE',
      'the trust file allows one hour.',
      scene({ trust: { maxAgeSeconds: 3_600 } }),
      { now: ISSUED + 3_601 },
    ),
    refused(
      'too_old_for_a_witness_beyond_the_threshold',
      'STALE',
      'one witness would do and allows a month; another trusted one that signed allows an hour.',
      scene({ trust: { ...twoOfThree, threshold: 1 }, signers: [{ by: W1 }, { by: W2, maxAgeSeconds: 3_600 }] }),
      { now: ISSUED + 3_601 },
    ),
    refused(
      'one_young_signature_of_two',
      'STALE',
      'two witnesses are needed; one signed today, the other too long ago: one alone cannot make a proof young.',
      scene({ trust: twoOfThree, signers: [{ by: W1, issuedAt: OLD }, { by: W2 }] }),
      { now: OLD },
    ),
    refused(
      'clock_required_and_behind_the_issue_time',
      'UNVERIFIABLE',
      'the trust file requires a right clock; it is behind the issue time.',
      scene({ trust: { requireClock: true } }),
      {
        now: ISSUED - 1,
      },
    ),
    refused(
      'clock_required_and_behind_the_trust_file',
      'UNVERIFIABLE',
      'the trust file requires a right clock; it is behind the day on which the trust file was made.',
      scene({ trust: { requireClock: true, issuedAt: time(NOW + 1) } }),
    ),
  ];
}

function artifacts(): Vector[] {
  return [
    refused(
      'model_not_covered',
      'WRONG_ARTIFACT',
      'the trust file takes another model of the same namespace.',
      scene({ trust: { models: ['acme/other'] } }),
    ),
    refused(
      'namespace_not_covered',
      'WRONG_ARTIFACT',
      'the trust file takes another namespace, whose name begins alike.',
      scene({ trust: { models: ['acme-labs/*', 'acm/*'].sort() } }),
    ),
    refused('other_release_than_asked_for', 'WRONG_ARTIFACT', 'version 1.0.1 was asked for.', scene(), {
      given: { release: 'acme/pilot-llm@1.0.1' },
    }),
    refused(
      'other_model_than_asked_for',
      'WRONG_ARTIFACT',
      'the same version of another model was asked for.',
      scene({ trust: { models: ['acme/*'] } }),
      {
        given: { release: 'acme/other@1.0.0' },
      },
    ),
  ];
}

/** Several outcomes apply: the first in the order of outcomes counts. */
function orders(): Vector[] {
  const revoked = { status: 3, reason: 1 };
  const low = { minAllowed: 2, latest: 2, latestApproved: 2 };
  const pending = { status: 1, approvals: 0, latestApproved: 0 };
  return [
    refused(
      'untrusted_before_wrong_artifact',
      'UNTRUSTED',
      'nobody signed it, and it is of another model.',
      scene({ signers: [], trust: { models: ['acme/other'] } }),
    ),
    refused(
      'wrong_artifact_before_revoked',
      'WRONG_ARTIFACT',
      'of another model, and revoked.',
      scene({ record: revoked, trust: { models: ['acme/other'] } }),
    ),
    refused(
      'revoked_before_the_clock',
      'REVOKED',
      'revoked, and the clock that is required is wrong.',
      scene({ record: revoked, trust: { requireClock: true } }),
      { now: LONG_AGO },
    ),
    refused(
      'revoked_before_rollback',
      'REVOKED',
      'revoked, and below minAllowed.',
      scene({ record: { ...low, ...revoked } }),
    ),
    refused('revoked_never_grows_old', 'REVOKED', 'revoked, by a proof of ten years ago.', scene({ record: revoked }), {
      now: ISSUED + 3_650 * DAY,
    }),
    refused(
      'clock_before_rollback',
      'UNVERIFIABLE',
      'the clock that is required is wrong, and below minAllowed.',
      scene({ record: low, trust: { requireClock: true } }),
      { now: LONG_AGO },
    ),
    refused('rollback_before_stale', 'ROLLBACK', 'below minAllowed, and too old.', scene({ record: low }), {
      now: OLD,
    }),
    refused('stale_before_not_approved', 'STALE', 'too old, and pending.', scene({ record: pending }), { now: OLD }),
  ];
}

function refused(name: string, outcome: Outcome, says: string, made: Scene, other: BundleCase = {}): Vector {
  return bundleVector(name, outcome, says, made, other);
}
