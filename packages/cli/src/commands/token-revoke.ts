import { success } from '../answer.js';
import type { Run } from '../command.js';
import { changeTokens } from '../serving/token-file.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { args }) => {
  const name = args[0]!;
  await changeTokens(context, (records) => {
    const rest = records.filter((record) => record.name !== name);
    if (rest.length < records.length) return rest;
    throw usage(`there is no token ${JSON.stringify(name)}`, 'see `weighbridge token list`');
  });
  return success({ message: `revoked the token ${name}`, members: { name } });
};
