import { confirmSlot } from '@weighbridge/journeys/ota-confirm';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { openNamedSlots, requireDeviceState } from '../slots-door.js';

export const run: Run = async (context, { options }) => {
  const deviceState = requireDeviceState(context, options);
  const slots = await openNamedSlots(context, options);
  const { slot, holds, notes } = await confirmSlot(slots, deviceState);
  const { release, releaseDigest, versionCode, state } = holds;
  return success({
    message: `confirmed ${release} in slot ${slot}: nothing below version code ${versionCode} is accepted any more`,
    members: { release, releaseDigest, slot, state, versionCode },
    notes,
  });
};
