import { success } from '../answer.js';
import type { Run } from '../command.js';

export const run: Run = async (context, { args }) => {
  const { name, address } = await context.asWriter(() => context.keys.create(args[0]!));
  return success({ message: `made the key ${name}: ${address}`, members: { name, address } });
};
