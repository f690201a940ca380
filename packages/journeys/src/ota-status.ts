import type { Digest, ReleaseName } from '@weighbridge/core/brands';
import type { Slots } from '@weighbridge/ports/slots';
import { otherSlot, type Slot, type SlotName, type SlotsState } from '@weighbridge/verify/slot-state';
import { readSlots } from './slots-state.js';

/** What people are told of a slot. */
export interface ShownSlot {
  readonly slot: SlotName;
  /** Null when the slot is empty. */
  readonly release: ReleaseName | null;
  readonly releaseDigest: Digest | null;
  readonly state: Slot['state'];
}

export interface SlotsStatus {
  readonly active: ShownSlot;
  readonly other: ShownSlot;
  readonly triesLeft: number;
  /** Why a slot has failed; null when none has. */
  readonly reason: string | null;
}

/** Reads alone; where nothing was installed slot `a` is shown as the active one. @throws UNVERIFIABLE for a damaged state; USAGE, IO */
export async function slotsStatus(slots: Slots): Promise<SlotsStatus> {
  return statusOf((await readSlots(slots)).state);
}

function statusOf({ active = 'a', slots, triesLeft }: SlotsState): SlotsStatus {
  const other = otherSlot(active);
  const failed = [slots[active], slots[other]].find((slot) => slot.state === 'failed');
  return {
    active: shownSlot(active, slots[active]),
    other: shownSlot(other, slots[other]),
    triesLeft,
    reason: failed?.state === 'failed' ? failed.reason : null,
  };
}

function shownSlot(name: SlotName, slot: Slot): ShownSlot {
  const { release, releaseDigest } = slot.state === 'empty' ? { release: null, releaseDigest: null } : slot;
  return { slot: name, release, releaseDigest, state: slot.state };
}
