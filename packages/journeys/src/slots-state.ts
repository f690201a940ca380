import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import type { Slots } from '@weighbridge/ports/slots';
import { emptySlots, onceConfirmed, SLOT_NAMES, type SlotsState } from '@weighbridge/verify/slot-state';
import { canonicalSlotsState, parseSlotsState, SLOTS_MAX_BYTES } from '@weighbridge/verify/slot-state-file';
import type { DeviceStateDoor } from './keep-device-state.js';

/** The state of two slots, and the bytes that it was read from: it is replaced only while they lie there. */
export interface ReadSlots {
  readonly state: SlotsState;
  /** Undefined when there was no file. */
  readonly bytes: Uint8Array | undefined;
}

/** slots-v1 §1.4. @throws UNVERIFIABLE for a damaged state, or a missing one beside a slot that is not empty; USAGE, IO */
export async function readSlots(slots: Slots): Promise<ReadSlots> {
  try {
    const bytes = await slots.readState(SLOTS_MAX_BYTES);
    if (bytes !== undefined) return { state: parseSlotsState(bytes), bytes };
  } catch (cause) {
    if (!isWeighbridgeError(cause) || !['MALFORMED', 'LIMIT'].includes(cause.code)) throw cause;
    throw damaged(slots, `is damaged: ${cause.message}`, cause);
  }
  for (const name of SLOT_NAMES)
    if (await slots.hasEntries(name)) throw damaged(slots, `is missing, and slot ${name} is not empty`);
  return { state: emptySlots(), bytes: undefined };
}

/** Does nothing where nothing changes. @throws BUSY when somebody else has changed it since; IO */
export async function replaceSlots(slots: Slots, read: ReadSlots, state: SlotsState): Promise<ReadSlots> {
  if (state === read.state) return read;
  const bytes = canonicalSlotsState(state);
  await slots.replaceState(read.bytes, bytes);
  return { state, bytes };
}

/** A device that has confirmed a slot has a memory: a missing one is damaged. */
export function memoryBeside(state: SlotsState, door: DeviceStateDoor): DeviceStateDoor {
  return { ...door, missingIsDamaged: onceConfirmed(state) };
}

function damaged({ location }: Slots, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the state of the slots in ${showPath(location)} ${problem}`, {
    hint: 'nobody can say which slot was confirmed: empty the slots folder by hand and install a full package',
    details: { file: showPath(`${location}/state.json`) },
    cause,
  });
}
