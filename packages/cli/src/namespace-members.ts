import type { NamespaceRecord } from '@weighbridge/ports/chain';
import type { Context } from './context.js';
import { namesByAddress, withNames } from './key-names.js';

export interface NamespaceMembers {
  readonly namespace: string;
  readonly publisher: string;
  readonly guardian: string;
  readonly approvers: readonly {
    readonly key: string;
    readonly role: string;
    readonly active: boolean;
    readonly name?: string;
  }[];
  readonly threshold: number;
  readonly epoch: number;
  readonly [member: string]: unknown;
}

/** Members of the JSON answer about a namespace, with the names of keys that are here. */
export async function namespaceMembers(
  context: Context,
  namespace: string,
  record: NamespaceRecord,
): Promise<NamespaceMembers> {
  const seats = record.approvers.map(({ key, role, active }) => ({ key, role, active }));
  const approvers = withNames(await namesByAddress(context), seats);
  const { publisher, guardian, threshold, epoch } = record;
  return { namespace, publisher, guardian, approvers, threshold, epoch };
}

export function namespaceLines({
  namespace,
  publisher,
  guardian,
  approvers,
  threshold,
  epoch,
}: NamespaceMembers): string[] {
  return [
    `namespace  ${namespace}`,
    `publisher  ${publisher}`,
    `guardian   ${guardian}`,
    `threshold  ${threshold} of ${approvers.filter(({ active }) => active).length}, epoch ${epoch}`,
    ...approvers.map(
      ({ key, role, active, name }) =>
        `approver   ${key}  ${role}${name === undefined ? '' : `  ${name}`}${active ? '' : '  removed'}`,
    ),
  ];
}
