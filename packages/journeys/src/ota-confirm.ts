import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Slots } from '@weighbridge/ports/slots';
import { type DeviceState, learnConfirmed, modelFloor } from '@weighbridge/verify/device-state';
import { canonicalDeviceState } from '@weighbridge/verify/device-state-file';
import { refusalError, refuse } from '@weighbridge/verify/refusal';
import { activeSlot, type FilledSlot, type SlotName, type SlotsState, trialOf } from '@weighbridge/verify/slot-state';
import { confirmTrial } from '@weighbridge/verify/slot-state-changes';
import { type DeviceStateDoor, readDeviceState } from './keep-device-state.js';
import { memoryBeside, readSlots, replaceSlots } from './slots-state.js';

export interface Confirmed {
  readonly slot: SlotName;
  readonly holds: FilledSlot;
  readonly notes: readonly string[];
}

/**
 * Ends a trial, well: the slot is confirmed, durably, then the device's memory rises to its version code. A run that was
 * broken off in between is completed.
 * @throws USAGE when nothing is on trial; UNVERIFIABLE for a damaged state; BUSY, IO
 */
export async function confirmSlot(slots: Slots, given: DeviceStateDoor): Promise<Confirmed> {
  const read = await readSlots(slots);
  const door = memoryBeside(read.state, given);
  const known = await requireMemory(door);
  const isUnfinished = trialOf(read.state) === undefined && isBehind(known, read.state);
  if (trialOf(read.state) === undefined && !isUnfinished) throw nothingOnTrial(read.state);
  // A confirmed slot without a memory would count as damaged: there is one before there is the other.
  const mayKeep = await keep(door, (state) => state);
  const { state } = isUnfinished ? read : await replaceSlots(slots, read, confirmTrial(read.state));
  const { active, holds } = requireActive(state);
  const { model } = state;
  const kept = mayKeep && (await keep(door, (before) => learnConfirmed(before, model!, holds.versionCode)));
  return {
    slot: active,
    holds,
    notes: kept ? [] : [`the device state ${door.document.location} is read-only: it was not changed`],
  };
}

/** The version code was confirmed here, and the device does not know yet. */
function isBehind(known: DeviceState, { model, active, slots, floor }: SlotsState): boolean {
  const slot = active === undefined ? undefined : slots[active];
  if (model === undefined || slot?.state !== 'confirmed' || slot.versionCode !== floor) return false;
  return modelFloor(known, model).versionCode < floor;
}

/** @returns false where a read-only place is obeyed @throws IO where it may not be read-only, or nothing lies there yet */
async function keep(door: DeviceStateDoor, change: (state: DeviceState) => DeviceState): Promise<boolean> {
  const written = await door.alone(async () =>
    door.document.write(canonicalDeviceState(change(await requireMemory(door)))),
  );
  if (written === true) return true;
  const isThere = (await door.document.read(Number.MAX_SAFE_INTEGER)) !== undefined;
  if (door.mayBeReadOnly && isThere) return false;
  throw new WeighbridgeError(
    'IO',
    `the device state ${door.document.location} cannot be written, so nothing was confirmed`,
    {
      hint: 'make its folder writable, then run the same command again',
    },
  );
}

async function requireMemory(door: DeviceStateDoor): Promise<DeviceState> {
  const known = await readDeviceState(door);
  if (typeof known !== 'string') return known;
  throw new WeighbridgeError(
    'UNVERIFIABLE',
    `the device state ${door.document.location} is damaged, or missing beside a confirmed slot`,
    {
      hint: 'restore it from a backup; without one, remove it by hand and know that this forgets what was accepted',
    },
  );
}

function requireActive(state: SlotsState): { active: SlotName; holds: FilledSlot } {
  const holds = activeSlot(state);
  if (state.active === undefined || holds === undefined) throw new RangeError('no slot is active');
  return { active: state.active, holds };
}

function nothingOnTrial(state: SlotsState): WeighbridgeError {
  const holds = activeSlot(state);
  const is = holds === undefined ? 'nothing is installed' : `${holds.release} is ${holds.state}`;
  return refusalError(
    refuse(
      'USAGE',
      `there is nothing on trial to confirm: ${is}`,
      'install a package first: weighbridge ota install FILE',
    ),
  );
}
