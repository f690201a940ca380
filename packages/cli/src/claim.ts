import { WeighbridgeError } from '@weighbridge/core/errors';
import { isName } from '@weighbridge/core/names';
import type { Chain, NamespaceClaim, NamespaceRecord } from '@weighbridge/ports/chain';
import { isAddress } from '@weighbridge/verify/signatures';
import type { Context } from './context.js';
import { hasChain, openChainToRead, openChainToWrite, WITNESS_KEY } from './embedded-chain.js';
import { addressOrNewKey, requireKeyName, requireKeyWord } from './key-names.js';
import { trustNamespace } from './home-trust.js';
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

/**
 * Claims a namespace for a key of this home and lets this home's trust file cover it. Absent keys are made.
 * Claiming one's own again with the same configuration is success.
 * @throws USAGE for a configuration that cannot be, UNTRUSTED for a namespace of somebody else
 */
export async function claimNamespace(
  context: Context,
  order: ClaimOrder,
  open?: Chain,
): Promise<{ chain: Chain; record: NamespaceRecord; created: boolean }> {
  await requireRoom(context, order);
  const publisher = await addressOrNewKey(context, order.publisher);
  const approvers = [];
  for (const { key, role } of order.approvers) approvers.push({ key: await addressOrNewKey(context, key), role });
  const guardian = order.guardian === undefined ? publisher : await addressOrNewKey(context, order.guardian);
  const claim = { namespace: order.namespace, guardian, approvers, threshold: order.threshold ?? approvers.length };
  await addressOrNewKey(context, WITNESS_KEY);
  const chain = await withFunds(context, open);
  const known = await chain.namespace(order.namespace);
  if (known !== undefined && !isSame(known, claim, publisher)) throw taken(order.namespace, known, publisher);
  if (known === undefined) await chain.claim(claim, await context.keys.unlock(order.publisher));
  await trustNamespace(context, chain.identity, order.namespace);
  const record = await chain.namespace(order.namespace);
  if (record === undefined) throw new Error(`the chain lost the namespace ${order.namespace}`);
  return { chain, record, created: known === undefined };
}

/**
 * Refuses what the keys that are here, or the chain, rule out; so that no key is made for a claim that cannot be.
 * Two names may stand for one key.
 */
async function requireRoom(context: Context, { namespace, publisher, guardian, approvers }: ClaimOrder): Promise<void> {
  const known = new Map((await context.keys.list()).map(({ name, address }) => [name, address as string]));
  const members = [publisher, ...(guardian === undefined ? [] : [guardian]), ...approvers.map(({ key }) => key)];
  const resolve = (word: string): string => known.get(word) ?? word;
  requireSeparate({
    publisher: resolve(publisher),
    guardian: guardian && resolve(guardian),
    approvers: approvers.map(({ key }) => resolve(key)),
  });
  if (members.every((word) => known.has(word) || isAddress(word)) || !(await hasChain(context))) return;
  const chain = await openChainToRead(context);
  const record = await chain.namespace(namespace);
  await chain.close();
  if (record !== undefined) throw taken(namespace, record, resolve(publisher));
}

/** The open chain, or a newly opened one; keys that were made since need funds, which come at opening alone. */
async function withFunds(context: Context, open: Chain | undefined): Promise<Chain> {
  await open?.close();
  return openChainToWrite(context);
}

/** By name, or by address where names are resolved. */
interface ClaimMembers {
  readonly publisher: string;
  readonly guardian: string | undefined;
  readonly approvers: readonly string[];
}

function requireSeparate({ publisher, guardian, approvers }: ClaimMembers): void {
  const twice = approvers.find((key, index) => approvers.indexOf(key) !== index);
  if (twice !== undefined) throw usage(`${twice} is an approver twice`, 'name each approver once');
  if (approvers.includes(publisher))
    throw usage(`${publisher} would be both publisher and approver`, 'give the approver a key of its own');
  if (guardian !== undefined && approvers.includes(guardian))
    throw usage(`${guardian} would be both guardian and approver`, 'give the guardian a key of its own');
}

function isSame(record: NamespaceRecord, claim: NamespaceClaim, publisher: string): boolean {
  const active = record.approvers.filter((approver) => approver.active);
  return (
    record.publisher === publisher &&
    record.guardian === claim.guardian &&
    record.threshold === claim.threshold &&
    active.length === claim.approvers.length &&
    claim.approvers.every(({ key, role }) => active.some((approver) => approver.key === key && approver.role === role))
  );
}

function taken(namespace: string, record: NamespaceRecord, publisher: string): WeighbridgeError {
  if (record.publisher === publisher) {
    return usage(
      `${namespace} is claimed by this key with another configuration`,
      `see \`weighbridge namespace show ${namespace}\``,
    );
  }
  return new WeighbridgeError('UNTRUSTED', `the namespace ${namespace} belongs to ${record.publisher}`, {
    hint: 'choose another namespace; a claim never returns to the pool',
  });
}
