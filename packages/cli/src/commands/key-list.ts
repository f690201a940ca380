import { success } from '../answer.js';
import type { Run } from '../command.js';

export const run: Run = async (context) => {
  const keys = await context.keys.list();
  return success({
    message: keys.length === 0 ? 'no keys here yet; make one with `weighbridge key new NAME`' : `${keys.length} keys`,
    members: { keys },
    ...(keys.length === 0 ? {} : { lines: keys.map(({ name, address }) => `${address}  ${name}`) }),
  });
};
