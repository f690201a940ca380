import { type ShownSlot, slotsStatus } from '@weighbridge/journeys/ota-status';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { openNamedSlots } from '../slots-door.js';

export const run: Run = async (context, { options }) => {
  const { active, other, triesLeft, reason } = await slotsStatus(await openNamedSlots(context, options));
  const tries = active.state === 'trial' ? `, ${triesLeft} ${triesLeft === 1 ? 'boot' : 'boots'} left` : '';
  return success({
    message: `slot ${active.slot} boots: ${active.release ?? 'nothing is installed'}, ${active.state}${tries}`,
    members: { active, other, triesLeft, reason },
    lines: [
      `active  ${lineOf(active)}${tries}`,
      `other   ${lineOf(other)}`,
      ...(reason === null ? [] : [`reason  ${reason}`]),
    ],
  });
};

function lineOf({ slot, release, state }: ShownSlot): string {
  return `${slot}  ${state.padEnd(9)}  ${release ?? ''}`.trimEnd();
}
