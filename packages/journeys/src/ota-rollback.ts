import type { Slots } from '@weighbridge/ports/slots';
import { refusalError } from '@weighbridge/verify/refusal';
import { activeSlot, type FilledSlot, type SlotName } from '@weighbridge/verify/slot-state';
import { decideRollback } from '@weighbridge/verify/slot-state-changes';
import { readSlots, replaceSlots } from './slots-state.js';

export interface RolledBack {
  readonly slot: SlotName;
  readonly holds: FilledSlot;
}

/** By hand, to the other slot; it is verified when it boots. @throws USAGE when there is none; ROLLBACK; UNVERIFIABLE, BUSY, IO */
export async function rollBack(slots: Slots): Promise<RolledBack> {
  const read = await readSlots(slots);
  const decision = decideRollback(read.state);
  if (!decision.accepted) throw refusalError(decision.refusal);
  const { state } = await replaceSlots(slots, read, decision.state);
  const holds = activeSlot(state);
  if (state.active === undefined || holds === undefined) throw new RangeError('no slot is active');
  return { slot: state.active, holds };
}
