import { canonical, type Json } from './canonical.js';
import type { JsonObject } from './scene.js';
import { withCheck } from './state-file.js';
import { type Vector, vector } from './vector.js';

const MODEL = 'acme/pilot-llm';
const EMPTY = { state: 'empty' };
const release = (versionCode: number): JsonObject => ({
  release: `${MODEL}@${versionCode}.0.0`,
  releaseDigest: String(versionCode).repeat(128),
  versionCode,
});
const trial = (code: number): JsonObject => ({ ...release(code), state: 'trial' });
const confirmed = (code: number, belowFloor = false): JsonObject => ({
  ...release(code),
  state: 'confirmed',
  belowFloor,
});
const failed = (code: number, reason = 'TAMPERED: config.json'): JsonObject => ({
  ...release(code),
  state: 'failed',
  reason,
});

/** The state of two slots: what may stand there, and what is damaged. */
export function slotsVectors(): Vector[] {
  return [...good(), ...damagedForm(), ...damagedSense()];
}

function good(): Vector[] {
  return [
    taken('nothing_installed', 'both slots are empty, and no model is bound.', state({})),
    taken('first_trial', 'the first install is on trial and nothing was confirmed.', first()),
    taken('first_install_failed', 'a failed slot stays active where nothing was confirmed.', {
      ...first(),
      slots: { a: failed(1), b: EMPTY },
      triesLeft: 0,
    }),
    taken('trial_beside_confirmed', 'an update on trial.', update()),
    taken('trial_without_tries', 'booted as often as it may be, and not over yet.', { ...update(), triesLeft: 0 }),
    taken('trial_failed', 'the confirmed slot is active again.', {
      ...update(),
      active: 'a',
      slots: { a: confirmed(1), b: failed(2) },
      triesLeft: 0,
    }),
    taken('two_confirmed', 'an update that was confirmed.', both()),
    taken('fallback', 'a revoked release gave way to one below the floor.', {
      ...both(),
      active: 'a',
      slots: { a: confirmed(1, true), b: failed(2, 'REVOKED') },
    }),
    taken('idle_slot_being_written', 'the idle slot is empty while an update is written.', {
      ...both(),
      slots: { a: EMPTY, b: confirmed(2) },
    }),
  ];
}

function damagedForm(): Vector[] {
  const whole = text(both());
  return [
    damaged('no_bytes', 'the file is empty.', ''),
    damaged('cut_off', 'the file ends too early.', whole.slice(0, -40)),
    damaged('newline', 'a line feed at the end.', `${whole}\n`),
    damaged('white_space', 'white space between members.', whole.replace(',', ', ')),
    damaged('wrong_check', 'a member was edited and the check left.', whole.replace('"floor":2', '"floor":3')),
    damaged('check_missing', 'no check.', canonical(unchecked(both()))),
    damaged(
      'other_kind',
      'a device state.',
      canonical(withCheck({ format: 'device-state-v1', models: {}, releases: {}, chains: {} })),
    ),
    damaged('unknown_format', 'a version that nobody knows.', text({ ...both(), format: 'slots-v2' })),
    damaged('unknown_member', 'a member that nobody knows.', text({ ...both(), more: 1 })),
    damaged('third_slot', 'a third slot.', text({ ...both(), slots: { a: confirmed(1), b: confirmed(2), c: EMPTY } })),
    damaged(
      'member_of_an_empty_slot',
      'an empty slot that names a release.',
      text({ ...both(), slots: { a: { ...release(1), state: 'empty' }, b: confirmed(2) } }),
    ),
    damaged(
      'digest_too_short',
      'a release digest of 64 digits.',
      text({ ...both(), slots: { a: { ...confirmed(1), releaseDigest: 'a'.repeat(64) }, b: confirmed(2) } }),
    ),
  ];
}

function damagedSense(): Vector[] {
  return [
    damaged(
      'active_slot_empty',
      'the active slot is empty.',
      text({ ...both(), slots: { a: confirmed(1), b: EMPTY } }),
    ),
    damaged('no_active_slot', 'a model is bound and no slot is active.', text({ ...both(), active: null })),
    damaged('no_model', 'a slot is active and no model is bound.', text({ ...both(), model: null })),
    damaged(
      'release_of_another_model',
      'the slots hold another model than is bound.',
      text({ ...both(), model: 'acme/other' }),
    ),
    damaged('idle_slot_on_trial', 'the slot that does not boot is on trial.', text({ ...update(), active: 'a' })),
    damaged('tries_without_trial', 'tries are left and nothing is on trial.', text({ ...both(), triesLeft: 1 })),
    damaged('too_many_tries', 'more than 1,000 tries.', text({ ...update(), triesLeft: 1001 })),
    damaged('floor_below_a_confirmed_slot', 'the floor is below what was confirmed.', text({ ...both(), floor: 1 })),
    damaged(
      'no_reason',
      'a failed slot that does not say why.',
      text({ ...update(), active: 'a', slots: { a: confirmed(1), b: failed(2, '') }, triesLeft: 0 }),
    ),
  ];
}

function state(members: Readonly<Record<string, Json>>): JsonObject {
  return {
    format: 'slots-v1',
    model: null,
    active: null,
    slots: { a: EMPTY, b: EMPTY },
    triesLeft: 0,
    floor: 0,
    ...members,
  };
}

function first(): JsonObject {
  return state({ model: MODEL, active: 'a', slots: { a: trial(1), b: EMPTY }, triesLeft: 3 });
}

function update(): JsonObject {
  return state({ model: MODEL, active: 'b', slots: { a: confirmed(1), b: trial(2) }, triesLeft: 2, floor: 1 });
}

function both(): JsonObject {
  return state({ model: MODEL, active: 'b', slots: { a: confirmed(1), b: confirmed(2) }, floor: 2 });
}

function unchecked({ check: _, ...rest }: JsonObject): JsonObject {
  return rest;
}

function text(members: JsonObject): string {
  return canonical(withCheck(members));
}

function taken(name: string, says: string, members: JsonObject): Vector {
  return vector('slots-v1', name, 'OK', { says, files: { 'state.json': text(members) } });
}

function damaged(name: string, says: string, file: string): Vector {
  return vector('slots-v1', `damaged_${name}`, 'UNVERIFIABLE', { says, files: { 'state.json': file } });
}
