import { success } from '../answer.js';
import type { Run } from '../command.js';
import { examine } from '../examine.js';

export const run: Run = async (context) => {
  const parts = await examine(context);
  const ill = parts.filter(({ hint }) => hint !== '');
  return success({
    message: ill.length === 0 ? 'everything is in order' : `${ill.length} of ${parts.length} parts want something`,
    members: { parts },
    lines: parts.map(
      ({ name, state, where, hint }) =>
        `${name.padEnd(13)} ${state.padEnd(10)} ${where}${hint === '' ? '' : `  → ${hint}`}`,
    ),
  });
};
