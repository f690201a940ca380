import type { Digest, ModelName, ReleaseName } from '@weighbridge/core/brands';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { type JsonObject, malformed } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { isModelName, tryReleaseRef } from '@weighbridge/core/names';
import { sha3Digest } from '@weighbridge/core/sha3';
import { wrongKind } from './encodings.js';
import { SLOT_NAMES, type Slot, type SlotName, type SlotRelease, type SlotsState } from './slot-state.js';

export const SLOTS_MAX_BYTES = 64 * 1024;
/** slots-v1 §2.5 */
export const TRIES_LIMIT = 1000;
/** UTF-16 code units. */
const REASON_MAX_LENGTH = 4096;

const WHAT = 'the state of the slots';

/**
 * slots-v1 §1–§2: parses `state.json`. Whatever it throws means damaged, which is UNVERIFIABLE.
 * @throws MALFORMED, LIMIT
 */
export function parseSlotsState(bytes: Uint8Array): SlotsState {
  const value = parseCanonical(bytes, WHAT, { maxBytes: SLOTS_MAX_BYTES });
  if (value.format !== 'slots-v1') throw wrongKind(WHAT, value, 'slots-v1');
  const members = Members.of(value, WHAT);
  members.word('format', 'slots-v1');
  const slots = members.object('slots');
  const state: SlotsState = {
    model: readOrNull(members, 'model', 'namespace/name or null', (text) => (isModelName(text) ? text : undefined)),
    active: readOrNull(members, 'active', '"a", "b" or null', (text) => SLOT_NAMES.find((name) => name === text)),
    slots: { a: readSlot(slots.object('a')), b: readSlot(slots.object('b')) },
    triesLeft: members.integer('triesLeft', 0, TRIES_LIMIT),
    floor: members.integer('floor'),
  };
  slots.done();
  if (members.digest('check') !== checkOf(value)) throw malformed(WHAT, 'has a check that does not belong to the rest');
  members.done();
  requireSense(state);
  return state;
}

/** The bytes of `state.json`, its check included. */
export function canonicalSlotsState({ model, active, slots, triesLeft, floor }: SlotsState): Uint8Array {
  const value: JsonObject = {
    format: 'slots-v1',
    model: model ?? null,
    active: active ?? null,
    slots: { a: slotValue(slots.a), b: slotValue(slots.b) },
    triesLeft,
    floor,
  };
  return canonicalBytes({ ...value, check: checkOf(value) });
}

/** slots-v1 §1.3: it finds accidents, not attackers. */
function checkOf({ check: _, ...rest }: JsonObject): Digest {
  return sha3Digest(canonicalBytes(rest));
}

function slotValue(slot: Slot): JsonObject {
  return { ...slot };
}

function readSlot(members: Members): Slot {
  const state = members.word('state', 'empty', 'trial', 'confirmed', 'failed');
  const slot: Slot =
    state === 'empty'
      ? { state }
      : state === 'confirmed'
        ? { ...readRelease(members), state, belowFloor: members.boolean('belowFloor') }
        : state === 'failed'
          ? { ...readRelease(members), state, reason: readReason(members) }
          : { ...readRelease(members), state };
  members.done();
  return slot;
}

function readRelease(members: Members): SlotRelease {
  return {
    release: members.parsed('release', 'namespace/name@version', (text) => tryReleaseRef(text)?.name),
    releaseDigest: members.digest('releaseDigest'),
    versionCode: members.integer('versionCode'),
  };
}

function readReason(members: Members): string {
  return members.parsed('reason', `1 to ${REASON_MAX_LENGTH} characters`, (text) =>
    text.length > 0 && text.length <= REASON_MAX_LENGTH ? text : undefined,
  );
}

function readOrNull<T>(
  members: Members,
  name: string,
  wanted: string,
  parse: (text: string) => T | undefined,
): T | undefined {
  const value = members.value(name);
  if (value === null) return undefined;
  return (typeof value === 'string' ? parse(value) : undefined) ?? members.refuse(name, wanted);
}

/** slots-v1 §2.6: members that must agree with each other. */
function requireSense({ model, active, slots, triesLeft, floor }: SlotsState): void {
  if ((model === undefined) !== (active === undefined))
    throw malformed(WHAT, 'has a model without an active slot, or one without a model');
  if (active !== undefined && slots[active].state === 'empty')
    throw malformed(WHAT, 'has an active slot that is empty');
  for (const name of SLOT_NAMES) requireSlotSense(name, slots[name], { model, active, floor });
  const onTrial = active !== undefined && slots[active].state === 'trial';
  if (triesLeft > 0 && !onTrial) throw malformed(WHAT, 'has tries left and nothing on trial');
}

function requireSlotSense(
  name: SlotName,
  slot: Slot,
  { model, active, floor }: { model: ModelName | undefined; active: SlotName | undefined; floor: number },
): void {
  if (slot.state === 'empty') return;
  if (modelOf(slot.release) !== model) throw malformed(WHAT, `has another model in slot ${name}`);
  if (slot.state === 'trial' && active !== name)
    throw malformed(WHAT, `has slot ${name} on trial, which is not active`);
  if (slot.state === 'confirmed' && slot.versionCode > floor) throw malformed(WHAT, `has a floor below slot ${name}`);
}

function modelOf(release: ReleaseName): ModelName | undefined {
  return tryReleaseRef(release)?.model;
}
