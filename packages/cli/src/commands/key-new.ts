import { success } from '../answer.js';
import type { Run } from '../command.js';
import { requireKeyName } from '../key-names.js';

export const run: Run = async (context, { args }) => {
  requireKeyName(args[0]!, 'key new');
  const { name, address } = await context.asWriter(() => context.keys.create(args[0]!));
  return success({ message: `made the key ${name}: ${address}`, members: { name, address } });
};
