import type { Outcome } from '@weighbridge/core/outcome';
import { keccakText } from '@weighbridge/verify/keccak256';
import type { TestKey } from '@weighbridge/verify/testing/keys';
import { canonical, type Json } from './canonical.js';
import { MODEL } from './release.js';
import { type JsonObject, STRANGER, trustFile, W1, W2, W3 } from './scene.js';
import { CHAIN_ID, type Domain, domain, sign } from './signing.js';
import { CHAIN_KEY, chain, type StateMembers, stateFile } from './state-file.js';
import { DAY, NOW } from './times.js';
import { type Vector, vector } from './vector.js';

const present = trustFile({ trust: { version: 5 } }, MODEL);
const rooted = { ...present, rootKeys: [W1.address, W2.address, W3.address].sort(), rootThreshold: 2 };
const next = { ...rooted, version: 6 };

/** A trust file in the place of another: by hand, and by itself. */
export function trustChangeVectors(): Vector[] {
  return [...byHand(), ...byItself()];
}

function byHand(): Vector[] {
  const DIGEST = 'cd'.repeat(64);
  const state: StateMembers = {
    models: { [MODEL]: { versionCode: 7, minAllowed: 3 } },
    releases: { [DIGEST]: { number: 100, hash: 'ab'.repeat(32) } },
    chains: { [CHAIN_KEY]: chain(NOW + DAY, [DIGEST]) },
  };
  const dropped = { ...state, releases: {}, chains: { [CHAIN_KEY]: chain(0, [DIGEST]) } };
  return [
    change('import', 'same_version', 'OK', 'the same version once more, by hand.', present, {
      ...present,
      maxAgeSeconds: 60,
    }),
    change('import', 'higher_version', 'OK', 'a later version, whatever lies between, by hand.', present, {
      ...present,
      version: 900,
    }),
    change('import', 'lower_version', 'ROLLBACK', 'an earlier version, by hand.', present, { ...present, version: 4 }),
    change(
      'import',
      'development_again',
      'OK',
      'a later trust file of the same development chain.',
      { ...present, chainId: 31_337 },
      { ...present, chainId: 31_337, version: 6 },
    ),
    change(
      'import',
      'other_over_development',
      'OK',
      'a trust file of another chain in the place of one of a development chain.',
      { ...present, chainId: 31_337 },
      { ...present, version: 6 },
    ),
    change(
      'import',
      'development_over_other',
      'USAGE',
      'a trust file of a development chain in the place of another.',
      present,
      { ...present, version: 6, chainId: 31_337 },
    ),
    change(
      'import',
      'same_witnesses_keep_the_state',
      'OK',
      'the same witnesses: what the device remembers stays.',
      present,
      { ...present, version: 6 },
      state,
      state,
    ),
    change(
      'import',
      'other_witnesses_drop_block_numbers_and_times',
      'OK',
      'other witnesses: block numbers and the time floor of the chain go, version codes and revocations stay.',
      present,
      { ...present, version: 6, witnesses: [W2.address] },
      state,
      dropped,
    ),
    change(
      'import',
      'reset',
      'OK',
      'the floors of one model go, since a person says so; nothing else does.',
      present,
      { ...present, version: 6 },
      state,
      { ...state, models: {} },
      { reset: [MODEL] },
    ),
    change(
      'import',
      'lower_version_changes_nothing',
      'ROLLBACK',
      'a refused trust file changes no state, reset or not.',
      present,
      { ...present, version: 4, witnesses: [W2.address] },
      state,
      state,
      { reset: [MODEL] },
    ),
  ];
}

/** trust-v1 by an update: only the next version, signed by enough root keys of the present file and of the new one. */
function byItself(): Vector[] {
  const update = (name: string, outcome: Outcome, says: string, before: JsonObject, after: JsonObject) =>
    change('update', `update_${name}`, outcome, says, before, after);
  const newRoots = { ...next, rootKeys: [W3.address, STRANGER.address].sort() };
  const both = [W1, W2];
  return [
    update(
      'signed_by_two_of_three',
      'OK',
      'the next version, signed by two of three root keys.',
      rooted,
      signed(next, both),
    ),
    update(
      'new_root_keys',
      'OK',
      'other root keys follow, and both the old and the new ones signed.',
      rooted,
      signed(newRoots, [W1, W3, STRANGER]),
    ),
    update('unsigned', 'UNTRUSTED', 'the next version without signatures.', rooted, next),
    update('signed_by_one_of_two', 'UNTRUSTED', 'two root keys are needed, one signed.', rooted, signed(next, [W1])),
    update(
      'signed_by_a_stranger_too',
      'UNTRUSTED',
      'two root keys are needed; one signed, and a stranger.',
      rooted,
      signed(next, [W1, STRANGER]),
    ),
    update(
      'new_root_keys_did_not_sign',
      'UNTRUSTED',
      'other root keys follow, and only the old ones signed.',
      rooted,
      signed(newRoots, both),
    ),
    update(
      'old_root_keys_did_not_sign',
      'UNTRUSTED',
      'other root keys follow, and only these signed.',
      rooted,
      signed(newRoots, [W3, STRANGER]),
    ),
    update(
      'new_threshold_not_met',
      'UNTRUSTED',
      'the new file wants three of its root keys, two signed.',
      rooted,
      signed({ ...next, rootThreshold: 3 }, both),
    ),
    update(
      'skips_a_version',
      'UNTRUSTED',
      'the version after the next, well signed.',
      rooted,
      signed({ ...next, version: 7 }, both),
    ),
    update(
      'same_version',
      'UNTRUSTED',
      'the same version once more, well signed, with other content.',
      rooted,
      signed({ ...next, version: 5, maxAgeSeconds: 60 }, both),
    ),
    update(
      'lower_version',
      'ROLLBACK',
      'an earlier version, well signed.',
      rooted,
      signed({ ...next, version: 4 }, both),
    ),
    update(
      'by_hand_only',
      'UNTRUSTED',
      'a device without root keys takes nothing by itself.',
      present,
      signed(next, both),
    ),
    update('content_changed', 'UNTRUSTED', 'a member was changed after the signatures.', rooted, {
      ...signed(next, both),
      maxAgeSeconds: 31_536_000,
    }),
    update(
      'signed_for_another_chain',
      'UNTRUSTED',
      'signed for the domain of chain 1.',
      rooted,
      signed(next, both, { chainId: 1 }),
    ),
    update(
      'signed_as_a_checkpoint',
      'UNTRUSTED',
      'signed under the domain of checkpoints.',
      rooted,
      signed(next, both, { name: 'Weighbridge Checkpoint' }),
    ),
    update(
      'development_over_other',
      'USAGE',
      'the next version, well signed, of a development chain.',
      rooted,
      signed({ ...next, chainId: 31_337 }, both, { chainId: 31_337 }),
    ),
  ];
}

function change(
  how: 'import' | 'update',
  name: string,
  outcome: Outcome,
  says: string,
  before: JsonObject,
  offered: JsonObject,
  state?: StateMembers,
  after?: StateMembers,
  given: Record<string, Json> = {},
): Vector {
  const states = state === undefined ? {} : { 'state.json': stateFile(state), 'after.json': stateFile(after ?? state) };
  return vector('trust-v1', name, outcome, {
    says,
    files: { 'present.json': canonical(before), 'trust.json': canonical(offered), ...states },
    given: { how, ...given },
  });
}

function signed(unsigned: JsonObject, keys: readonly TestKey[], members: Partial<Domain> = {}): JsonObject {
  const { signatures: _, ...rest } = unsigned;
  const digest = keccakText(canonical(rest));
  const at = domain('Weighbridge Trust', { chainId: CHAIN_ID, ...members });
  const signatures = keys.map((key) => ({
    key: key.address as string,
    signature: sign(key, at, 'Trust(bytes32 digest)', [digest]),
  }));
  return { ...rest, signatures: signatures.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}
