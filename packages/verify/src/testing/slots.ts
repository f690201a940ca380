import type { Digest, ModelName, ReleaseName } from '@weighbridge/core/brands';
import { sha3Digest } from '@weighbridge/core/sha3';
import { emptySlots, idleSlot, type SlotRelease, type SlotsState } from '../slot-state.js';
import { clearIdle, confirmTrial, startTrial } from '../slot-state-changes.js';

export const SLOTS_MODEL = 'acme/pilot-llm' as ModelName;

/** A release by its version code. */
export function slotRelease(versionCode: number): SlotRelease {
  return {
    release: `${SLOTS_MODEL}@${versionCode}.0.0` as ReleaseName,
    releaseDigest: sha3Digest(Buffer.from(`release ${versionCode}`)) as Digest,
    versionCode,
  };
}

export function onTrial(state: SlotsState, versionCode: number, tries = 3): SlotsState {
  return startTrial(clearIdle(state), SLOTS_MODEL, slotRelease(versionCode), tries);
}

/** Slots into which releases were installed and confirmed, in this order. */
export function confirmedSlots(...versionCodes: readonly number[]): SlotsState {
  return versionCodes.reduce((state, code) => confirmTrial(onTrial(state, code)), emptySlots());
}

/** What the slot that is not active holds. */
export function idleOf(state: SlotsState) {
  return state.slots[idleSlot(state)];
}
