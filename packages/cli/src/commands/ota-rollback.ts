import { rollBack } from '@weighbridge/journeys/ota-rollback';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { openNamedSlots } from '../slots-door.js';

export const run: Run = async (context, { options }) => {
  const { slot, holds } = await rollBack(await openNamedSlots(context, options));
  const { release, releaseDigest, versionCode, state } = holds;
  return success({
    message: `went back to ${release} in slot ${slot}, which boots from now on`,
    members: { release, releaseDigest, slot, state, versionCode },
  });
};
