import { isName } from '@weighbridge/core/names';
import { requireKeyName, requireKeyWord } from './key-names.js';
import { usage } from './usage.js';

export interface ClaimOrder {
  readonly namespace: string;
  /** Name of the key that becomes the publisher. */
  readonly publisher: string;
  /** Name or address. */
  readonly guardian: string | undefined;
  /** Keys by name or address. */
  readonly approvers: readonly { readonly key: string; readonly role: string }[];
  readonly threshold: number | undefined;
}

/** Who approves where nobody was named: for newcomers to the embedded chain. */
export const NEWCOMER_APPROVERS = [{ key: 'approver', role: 'security' }] as const;

/** What a newcomer gets who registers in a namespace that nobody claimed. @throws USAGE */
export function newcomerOrder(namespace: string, publisher: string): ClaimOrder {
  return claimOrder({ namespace, publisher, guardian: undefined, approvers: NEWCOMER_APPROVERS, threshold: 1 });
}

/** An order that can be: all that is wrong with its words is found before anything is made. @throws USAGE */
export function claimOrder(order: ClaimOrder): ClaimOrder {
  const { approvers, threshold, publisher, guardian } = order;
  requireKeyName(publisher, '--as');
  if (guardian !== undefined) requireKeyWord(guardian, '--guardian');
  for (const { key } of approvers) requireKeyWord(key, '--approver');
  if (approvers.length > 32) throw usage(`${approvers.length} approvers are more than 32`, 'name at most 32 approvers');
  if (threshold !== undefined && threshold > approvers.length) {
    throw usage(
      `--threshold ${threshold} is more than the ${approvers.length} approvers`,
      'lower it or add --approver KEY=ROLE',
    );
  }
  requireSeparate({ publisher, guardian, approvers: approvers.map(({ key }) => key) });
  return order;
}

/** Reads `KEY=ROLE`. @throws USAGE */
export function parseApprovers(texts: readonly string[]): { key: string; role: string }[] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    const [key, role] = [text.slice(0, at), text.slice(at + 1)];
    if (at > 0 && isName(role) && Buffer.byteLength(role) <= 31) return { key, role };
    throw usage(
      `--approver ${JSON.stringify(text)} is not KEY=ROLE`,
      'name a key and its role, for example --approver alice=legal',
    );
  });
}

/** By name, or by address where names are resolved. */
interface ClaimMembers {
  readonly publisher: string;
  readonly guardian: string | undefined;
  readonly approvers: readonly string[];
}

/** No key has two parts that exclude each other. @throws USAGE */
export function requireSeparate({ publisher, guardian, approvers }: ClaimMembers): void {
  const twice = approvers.find((key, index) => approvers.indexOf(key) !== index);
  if (twice !== undefined) throw usage(`${twice} is an approver twice`, 'name each approver once');
  if (approvers.includes(publisher))
    throw usage(`${publisher} would be both publisher and approver`, 'give the approver a key of its own');
  if (guardian !== undefined && approvers.includes(guardian))
    throw usage(`${guardian} would be both guardian and approver`, 'give the guardian a key of its own');
}
