import { parseNamespace } from '@weighbridge/core/names';
import { requireNamespace } from '@weighbridge/journeys/find-release';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { openChainToRead } from '../embedded-chain.js';
import { namespaceLines, namespaceMembers } from '../namespace-members.js';

export const run: Run = async (context, { args }) => {
  const namespace = parseNamespace(args[0]!);
  const record = await requireNamespace(await openChainToRead(context), namespace);
  const members = await namespaceMembers(context, namespace, record);
  return success({ message: `the namespace ${namespace}`, members, lines: namespaceLines(members) });
};
