import { parseNamespace } from '@weighbridge/core/names';
import { success } from '../answer.js';
import { optionList, optionText, type Run } from '../command.js';
import { claimNamespace } from '../claim.js';
import { claimOrder, NEWCOMER_APPROVERS, parseApprovers } from '../claim-order.js';
import { namespaceMembers } from '../namespace-members.js';
import { parseInteger } from '../quantities.js';

export const run: Run = async (context, { args, options }) => {
  const namespace = parseNamespace(args[0]!);
  const threshold = optionText(options, 'threshold');
  const approvers = parseApprovers(optionList(options, 'approver'));
  const order = claimOrder({
    namespace,
    publisher: optionText(options, 'as') ?? 'publisher',
    guardian: optionText(options, 'guardian'),
    approvers: approvers.length > 0 ? approvers : NEWCOMER_APPROVERS,
    threshold: threshold === undefined ? undefined : parseInteger(threshold, '--threshold', 1, 32),
  });
  return context.asWriter(async () => {
    const { record, created } = await claimNamespace(context, order);
    const members = await namespaceMembers(context, namespace, record);
    const what = created ? `claimed ${namespace}` : `${namespace} was claimed with this very configuration already`;
    const { threshold: needed, publisher } = record;
    return success({
      message: `${what}: ${needed} of ${members.approvers.length} approvals, publisher ${publisher}`,
      members,
    });
  });
};
