import type { Outcome } from '@weighbridge/core/outcome';
import { canonical, type Json } from './canonical.js';
import { MODEL } from './release.js';
import { type Scene, type SceneOptions, scene } from './scene.js';
import { CHAIN_KEY, chain, type StateMembers, stateFile, stateObject, withCheck } from './state-file.js';
import { DAY, ISSUED, MAX_AGE, NOW, time } from './times.js';
import { type Vector, vector } from './vector.js';

const plain = scene();
const digest = plain.releaseDigest;
const OTHER_DIGEST = 'cd'.repeat(64);
const OTHER_CHAIN = '1:0x5FbDB2315678afecb367f032d93F642f64180aa3';
const seen = (number: number, hash = plain.blockHash) => ({ number, hash });
const floors = (versionCode: number, minAllowed = 0) => ({ [MODEL]: { versionCode, minAllowed } });

/** What a device remembers, and what follows from it; `after.json` is what it remembers then. */
export function deviceStateVectors(): Vector[] {
  return [...remembered(), ...rollbacks(), ...revocations(), ...times(), ...damaged()];
}

function remembered(): Vector[] {
  const learned: StateMembers = {
    models: floors(1),
    releases: { [digest]: seen(100) },
    chains: { [CHAIN_KEY]: chain(NOW) },
  };
  const other = {
    models: { 'acme/other': { versionCode: 9, minAllowed: 4 } },
    releases: { [OTHER_DIGEST]: seen(5_000) },
    chains: { [OTHER_CHAIN]: chain(NOW + DAY, [OTHER_DIGEST, digest]) },
  };
  return [
    taken('new_device', 'a device without a state learns all of it.', {}, undefined, learned),
    taken('empty_state', 'a device whose state holds nothing.', {}, {}, learned),
    taken('same_again', 'the same bundle once more changes nothing.', {}, learned, learned),
    taken(
      'floors_rise',
      'a newer release and a newer block raise every floor; the revoked digest stays.',
      { manifest: { versionCode: 7 }, record: { minAllowed: 5 }, number: 200 },
      {
        models: floors(6, 4),
        releases: { [OTHER_DIGEST]: seen(150) },
        chains: { [CHAIN_KEY]: chain(ISSUED - DAY, [OTHER_DIGEST]) },
      },
      (made) => ({
        models: floors(7, 5),
        releases: { [OTHER_DIGEST]: seen(150), [made.releaseDigest]: seen(200, made.blockHash) },
        chains: { [CHAIN_KEY]: chain(NOW, [OTHER_DIGEST]) },
      }),
    ),
    taken(
      'min_allowed_that_was_seen_stays',
      'a proof with a lower minAllowed does not lower what was seen.',
      {},
      { models: floors(0, 1) },
      { ...learned, models: floors(1, 1) },
    ),
    taken(
      'other_models_and_chains',
      'floors of other models, and of another chain even a revocation, say nothing here.',
      {},
      other,
      {
        models: { ...other.models, ...learned.models },
        releases: { ...other.releases, ...learned.releases },
        chains: { ...other.chains, ...learned.chains },
      },
    ),
    taken(
      'newer_block_of_the_same_release',
      'a newer block of the same release.',
      {},
      { releases: { [digest]: seen(99, 'ab'.repeat(32)) } },
      learned,
    ),
    taken(
      'older_block_of_another_release',
      'between releases block numbers do not count.',
      {},
      { releases: { [OTHER_DIGEST]: seen(5_000) } },
      {
        ...learned,
        releases: { [OTHER_DIGEST]: seen(5_000), [digest]: seen(100) },
      },
    ),
    taken(
      'clock_unset',
      'a host clock behind the issue time raises no floor; the issue time does.',
      {},
      undefined,
      { ...learned, chains: { [CHAIN_KEY]: chain(ISSUED) } },
      ISSUED - DAY,
    ),
  ];
}

function rollbacks(): Vector[] {
  return [
    refused(
      'version_code_below_the_accepted',
      'ROLLBACK',
      'version code 1, and 2 was accepted.',
      {},
      { models: floors(2) },
    ),
    refused(
      'below_the_min_allowed_that_was_seen',
      'ROLLBACK',
      'version code 1, and a proof once allowed 3 and above.',
      {},
      { models: floors(0, 3) },
    ),
    refused(
      'older_block_of_the_same_release',
      'ROLLBACK',
      'block 100, and block 101 was seen for this release.',
      {},
      { releases: { [digest]: seen(101, 'ab'.repeat(32)) } },
    ),
    refused(
      'same_number_other_hash',
      'UNTRUSTED',
      'block 100 had another hash when the release was accepted: its witnesses signed two histories.',
      {},
      {
        releases: { [digest]: seen(100, 'ab'.repeat(32)) },
      },
    ),
    refused(
      'rollback_before_stale',
      'ROLLBACK',
      'below what was accepted, and too old.',
      {},
      { models: floors(2) },
      ISSUED + MAX_AGE + 1,
    ),
    refused(
      'fast_forward',
      'ROLLBACK',
      'a stolen key once made the device accept the largest version code: only a reset by hand leads back.',
      {},
      { models: floors(2 ** 53 - 1) },
    ),
  ];
}

function revocations(): Vector[] {
  const revoked: SceneOptions = { record: { status: 3, reason: 2, latest: 5, latestApproved: 5, minAllowed: 5 } };
  const before: StateMembers = {
    models: floors(3, 1),
    releases: { [OTHER_DIGEST]: seen(50) },
    chains: { [CHAIN_KEY]: chain(ISSUED - DAY, [OTHER_DIGEST]) },
  };
  const gone: StateMembers = { chains: { [CHAIN_KEY]: chain(ISSUED - DAY, [digest]) } };
  return [
    refused(
      'revocation_is_remembered',
      'REVOKED',
      'a revoked release: its digest and minAllowed are kept, and nothing else.',
      revoked,
      before,
      NOW,
      {
        ...before,
        models: floors(3, 5),
        chains: { [CHAIN_KEY]: chain(ISSUED - DAY, [OTHER_DIGEST, digest]) },
      },
    ),
    refused(
      'old_proof_of_a_remembered_revocation',
      'REVOKED',
      'a proof from before the revocation that this device has seen.',
      {},
      gone,
    ),
    refused(
      'remembered_revocation_before_rollback',
      'REVOKED',
      'seen revoked, and below what was accepted.',
      {},
      { ...gone, models: floors(9) },
    ),
    refused(
      'two_histories_before_a_remembered_revocation',
      'UNTRUSTED',
      'another hash for the same number, and seen revoked.',
      {},
      {
        ...gone,
        releases: { [digest]: seen(100, 'ab'.repeat(32)) },
      },
    ),
  ];
}

function times(): Vector[] {
  const late = { chains: { [CHAIN_KEY]: chain(ISSUED + MAX_AGE + 1) } };
  const fresh = { chains: { [CHAIN_KEY]: chain(ISSUED + MAX_AGE) } };
  return [
    refused(
      'clock_set_back',
      'STALE',
      'the host clock was set back, but the device has seen a later time: the proof is too old.',
      {},
      late,
    ),
    taken(
      'floor_at_the_last_second',
      'by the time that the device has seen the proof is as old as is allowed; the clock is wrong, and the floor stays.',
      {},
      fresh,
      {
        models: floors(1),
        releases: { [digest]: seen(100) },
        ...fresh,
      },
    ),
    refused(
      'clock_required_and_behind_the_floor',
      'UNVERIFIABLE',
      'the trust file requires a right clock; it is behind the time that the device has seen.',
      { trust: { requireClock: true } },
      {
        chains: { [CHAIN_KEY]: chain(NOW + 1) },
      },
    ),
  ];
}

/** A state that cannot be believed: nobody knows what this device has accepted. It stays as it is. */
function damaged(): Vector[] {
  const good = stateObject({
    models: floors(1),
    releases: { [digest]: seen(100) },
    chains: { [CHAIN_KEY]: chain(NOW) },
  });
  const text = canonical(good);
  const { check, ...unchecked } = good;
  const again = (members: Record<string, Json>) => canonical(withCheck({ ...unchecked, ...members }));
  const bad = (name: string, says: string, state: string) =>
    verdict(`damaged_${name}`, 'UNVERIFIABLE', says, scene(), NOW, { 'state.json': state, 'after.json': state });
  return [
    bad('empty', 'an empty file.', ''),
    bad('cut_off', 'the last byte is missing.', text.slice(0, -1)),
    bad('newline', 'a line feed after the end.', `${text}\n`),
    bad('byte_order_mark', 'a byte order mark before the beginning.', `\ufeff${text}`),
    bad('white_space', 'a space after a comma.', text.replace(',"models"', ', "models"')),
    bad('wrong_check', 'the check is that of another state.', canonical({ ...good, check: OTHER_DIGEST })),
    bad('floor_edited', 'a floor was lowered without a new check.', text.replace('"versionCode":1', '"versionCode":0')),
    bad('check_missing', 'there is no check.', canonical(unchecked)),
    bad(
      'check_in_capitals',
      'the check is written in capitals.',
      canonical({ ...unchecked, check: String(check).toUpperCase() }),
    ),
    bad('unknown_member', 'a member more, with a right check.', again({ comment: 'hello' })),
    bad(
      'unknown_member_of_a_model',
      'a member more of a model, with a right check.',
      again({ models: { [MODEL]: { versionCode: 1, minAllowed: 0, name: 'x' } } }),
    ),
    bad(
      'unknown_member_of_a_release',
      'a member more of a release, with a right check.',
      again({ releases: { [digest]: { ...seen(100), at: time(NOW) } } }),
    ),
    bad(
      'unknown_member_of_a_chain',
      'a member more of a chain, with a right check.',
      again({ chains: { [CHAIN_KEY]: { floor: time(NOW), revoked: [], number: 1 } } }),
    ),
    bad(
      'member_missing',
      'no chains, with a right check.',
      canonical(withCheck({ format: 'device-state-v1', models: {}, releases: {} })),
    ),
    bad('unknown_format', 'a format that nobody knows yet, with a right check.', again({ format: 'device-state-v2' })),
    bad('other_kind', 'a trust file in its place.', canonical(plain.trust)),
    bad(
      'bad_model_name',
      'a floor under a name that is no model, with a right check.',
      again({ models: { acme: { versionCode: 1, minAllowed: 0 } } }),
    ),
    bad(
      'bad_release_digest',
      'a block under a digest of 64 digits, with a right check.',
      again({ releases: { ['ab'.repeat(32)]: seen(1) } }),
    ),
    bad(
      'bad_chain',
      'a chain whose contract is not in EIP-55 spelling, with a right check.',
      again({ chains: { [CHAIN_KEY.toLowerCase()]: chain(NOW) } }),
    ),
    bad(
      'revoked_unsorted',
      'the revoked digests are not sorted, with a right check.',
      again({ chains: { [CHAIN_KEY]: { floor: time(NOW), revoked: ['ef'.repeat(64), OTHER_DIGEST] } } }),
    ),
    bad(
      'floor_with_a_fraction',
      'a time with a fraction, with a right check.',
      again({ chains: { [CHAIN_KEY]: { floor: '2026-01-01T00:00:00.5Z', revoked: [] } } }),
    ),
    bad(
      'version_code_as_text',
      'a version code as a text, with a right check.',
      again({ models: { [MODEL]: { versionCode: '1', minAllowed: 0 } } }),
    ),
    verdict(
      'untrusted_before_damaged',
      'UNTRUSTED',
      'nobody signed the bundle, and the state is damaged.',
      scene({ signers: [] }),
      NOW,
      { 'state.json': '{}', 'after.json': '{}' },
    ),
    verdict(
      'revoked_before_damaged',
      'REVOKED',
      'revoked, and the state is damaged: the refusal stands, the state stays as it is.',
      scene({ record: { status: 3 } }),
      NOW,
      { 'state.json': '{}', 'after.json': '{}' },
    ),
    verdict(
      'damaged_before_rollback',
      'UNVERIFIABLE',
      'the state is damaged, and the release is below minAllowed.',
      scene({ record: { minAllowed: 2, latest: 2, latestApproved: 2 } }),
      NOW,
      {
        'state.json': '{}',
        'after.json': '{}',
      },
    ),
    verdict(
      'damaged_before_stale',
      'UNVERIFIABLE',
      'the state is damaged, and the proof is too old.',
      scene(),
      ISSUED + MAX_AGE + 1,
      { 'state.json': '{}', 'after.json': '{}' },
    ),
  ];
}

function taken(
  name: string,
  says: string,
  options: SceneOptions,
  before: StateMembers | undefined,
  after: StateMembers | ((made: Scene) => StateMembers),
  now = NOW,
): Vector {
  const made = scene(options);
  const state = before === undefined ? {} : { 'state.json': stateFile(before) };
  return verdict(name, 'OK', says, made, now, {
    ...state,
    'after.json': stateFile(typeof after === 'function' ? after(made) : after),
  });
}

/** After a refusal the state is what it was, but for a revocation. */
function refused(
  name: string,
  outcome: Outcome,
  says: string,
  options: SceneOptions,
  before: StateMembers,
  now = NOW,
  after = before,
): Vector {
  const made = scene(options);
  return verdict(name, outcome, says, made, now, {
    'state.json': stateFile(before),
    'after.json': stateFile(adopt(after, made)),
  });
}

/** A revoked release of the same manifest has the same digest; nothing to change. */
function adopt(state: StateMembers, made: Scene): StateMembers {
  if (made.releaseDigest !== digest) throw new RangeError('a refused release of these vectors has the plain manifest');
  return state;
}

function verdict(
  name: string,
  outcome: Outcome,
  says: string,
  { bundle, trust }: Scene,
  now: number,
  states: Record<string, string>,
): Vector {
  return vector('device-state-v1', name, outcome, {
    says,
    files: { 'bundle.json': canonical(bundle), 'trust.json': canonical(trust), ...states },
    given: { now: time(now) },
  });
}
