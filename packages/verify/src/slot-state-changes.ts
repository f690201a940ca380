import type { ModelName } from '@weighbridge/core/brands';
import { showText } from '@weighbridge/core/show-text';
import { type Refused, refuse } from './refusal.js';
import {
  activeSlot,
  idleSlot,
  otherSlot,
  type Slot,
  type SlotName,
  type SlotRelease,
  type SlotsState,
  trialOf,
} from './slot-state.js';

/** UTF-16 code units of a reason that are kept. */
const REASON_LENGTH = 300;

/** slots-v1 §3.1: before the idle slot is touched: nobody boots or goes back to what is being overwritten. */
export function clearIdle(state: SlotsState): SlotsState {
  requireNoTrial(state);
  return withSlot(state, idleSlot(state), { state: 'empty' });
}

/** slots-v1 §3.2: the idle slot holds the release, whole and compared: it is active, on trial. @param tries at least 1 */
export function startTrial(state: SlotsState, model: ModelName, release: SlotRelease, tries: number): SlotsState {
  requireNoTrial(state);
  const slot = idleSlot(state);
  if (state.slots[slot].state !== 'empty') throw new RangeError(`slot ${slot} was not cleared`);
  if (state.model !== undefined && state.model !== model) throw new RangeError('the slots hold another model');
  return { ...withSlot(state, slot, { ...release, state: 'trial' }), model, active: slot, triesLeft: tries };
}

/** slots-v1 §3.3: before COMMAND is started. What is confirmed boots as often as it likes. */
export function countBoot(state: SlotsState): SlotsState {
  return trialOf(state) === undefined ? state : { ...state, triesLeft: Math.max(0, state.triesLeft - 1) };
}

/** slots-v1 §3.4: the active slot could not be verified. The last of its tries ends a trial; a confirmed slot stays. */
export function countFailure(state: SlotsState, reason: string): SlotsState {
  const counted = countBoot(state);
  return trialOf(counted) !== undefined && counted.triesLeft === 0 ? endTrial(counted, reason) : counted;
}

/** slots-v1 §3.5: the trial failed; the last confirmed slot is active again, where there is one. */
export function endTrial(state: SlotsState, reason: string): SlotsState {
  const { active, slot } = requireTrial(state);
  const failed = withSlot(state, active, failedSlot(slot, reason));
  const other = otherSlot(active);
  return { ...failed, triesLeft: 0, active: state.slots[other].state === 'confirmed' ? other : active };
}

/** slots-v1 §3.6: the trial is over, well. Alone this raises the floor. */
export function confirmTrial(state: SlotsState): SlotsState {
  const { active, slot } = requireTrial(state);
  const { release, releaseDigest, versionCode } = slot;
  const confirmed: Slot = { release, releaseDigest, versionCode, state: 'confirmed', belowFloor: false };
  return {
    ...withSlot(state, active, confirmed),
    triesLeft: 0,
    floor: Math.max(state.floor, versionCode),
  };
}

/** slots-v1 §3.7: the active release is revoked: the other slot, once confirmed and found good, boots in its place. */
export function fallBack(state: SlotsState, reason: string): SlotsState {
  const active = state.active;
  const revoked = activeSlot(state);
  if (active === undefined || revoked === undefined) throw new RangeError('no slot is active');
  const other = otherSlot(active);
  const next = state.slots[other];
  if (next.state !== 'confirmed') throw new RangeError(`slot ${other} was never confirmed`);
  const failed = withSlot(state, active, failedSlot(revoked, reason));
  const belowFloor = next.versionCode < state.floor;
  return { ...withSlot(failed, other, { ...next, belowFloor }), active: other, triesLeft: 0 };
}

export type RollbackDecision =
  | { readonly accepted: true; readonly state: SlotsState }
  | { readonly accepted: false; readonly refusal: Refused };

/** slots-v1 §3.8: by hand, to the other slot. What was on trial has failed then; what was confirmed stays confirmed. */
export function decideRollback(state: SlotsState): RollbackDecision {
  const other = idleSlot(state);
  const slot = state.slots[other];
  if (state.active === undefined || slot.state !== 'confirmed') return refused(nothingToGoTo(state, other));
  if (slot.versionCode < state.floor) return refused(belowFloor(slot, state.floor));
  const ended = trialOf(state) === undefined ? state : endTrial(state, 'rolled back by hand');
  return { accepted: true, state: { ...ended, active: other } };
}

function nothingToGoTo(state: SlotsState, other: SlotName): Refused {
  const slot = state.slots[other];
  const why =
    slot.state === 'failed' ? `${slot.release} in slot ${other} has failed` : 'nothing else was confirmed here';
  return refuse(
    'USAGE',
    `there is nothing to go back to: ${why}`,
    'install another package: weighbridge ota install FILE',
  );
}

function belowFloor({ release, versionCode }: SlotRelease, floor: number): Refused {
  return refuse(
    'ROLLBACK',
    `${release} has version code ${versionCode}, below ${floor}, the highest that was confirmed on this device`,
    `install a release with version code ${floor} or above`,
    { release, expected: String(floor), found: String(versionCode) },
  );
}

function refused(refusal: Refused): RollbackDecision {
  return { accepted: false, refusal };
}

/** The reason is shown to people and may quote what a hostile file is called. */
function failedSlot({ release, releaseDigest, versionCode }: SlotRelease, reason: string): Slot {
  return { release, releaseDigest, versionCode, state: 'failed', reason: showText(reason, REASON_LENGTH) };
}

function withSlot(state: SlotsState, name: SlotName, slot: Slot): SlotsState {
  return { ...state, slots: { ...state.slots, [name]: slot } };
}

function requireNoTrial(state: SlotsState): void {
  if (trialOf(state) !== undefined) throw new RangeError('a release is on trial');
}

function requireTrial(state: SlotsState) {
  const slot = trialOf(state);
  if (slot === undefined || state.active === undefined) throw new RangeError('nothing is on trial');
  return { active: state.active, slot };
}
