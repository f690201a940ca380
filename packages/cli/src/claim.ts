import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Chain, NamespaceClaim, NamespaceRecord } from '@weighbridge/ports/chain';
import type { StoredKey } from '@weighbridge/ports/key-store';
import { isAddress } from '@weighbridge/verify/signatures';
import { type ClaimOrder, requireSeparate } from './claim-order.js';
import type { Context } from './context.js';
import { hasChain, openChainToRead, openChainToWrite, WITNESS_KEY } from './embedded-chain.js';
import { addressOrNewKey } from './key-names.js';
import { trustNamespace } from './home-trust.js';
import { usage } from './usage.js';

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
  return { chain, ...(await claimOnChain(context, chain, claim, { name: order.publisher, address: publisher })) };
}

/** Claims for a key that is here and has funds, and lets this home's trust file cover the namespace. @throws as above */
export async function claimOnChain(
  context: Context,
  chain: Chain,
  claim: NamespaceClaim,
  publisher: StoredKey,
): Promise<{ record: NamespaceRecord; created: boolean }> {
  const { namespace } = claim;
  const known = await chain.namespace(namespace);
  if (known !== undefined && !isSame(known, claim, publisher.address)) throw taken(namespace, known, publisher.address);
  if (known === undefined) await chain.claim(claim, await context.keys.unlock(publisher.name));
  await trustNamespace(context, chain.identity, namespace);
  const record = await chain.namespace(namespace);
  if (record === undefined) throw new Error(`the chain lost the namespace ${namespace}`);
  return { record, created: known === undefined };
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
