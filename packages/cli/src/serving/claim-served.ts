import type { ClaimOrder } from '@weighbridge/attestation/attestation-doors';
import type { Chain } from '@weighbridge/ports/chain';
import { claimOnChain } from '../claim.js';
import { claimOrder } from '../claim-order.js';
import type { Context } from '../context.js';
import { addressOfKey, requireKey } from '../key-names.js';

/**
 * Claims a namespace while a service has the chain open. Nothing is made: keys that are made now have no funds before
 * the chain is opened anew.
 * @throws USAGE for a key that is not here
 */
export async function claimServed(context: Context, chain: Chain, order: ClaimOrder): Promise<{ created: boolean }> {
  const checked = claimOrder(order);
  const publisher = await requireKey(context, checked.publisher);
  const approvers = [];
  for (const { key, role } of checked.approvers) approvers.push({ key: await addressOfKey(context, key), role });
  const guardian = checked.guardian === undefined ? publisher.address : await addressOfKey(context, checked.guardian);
  const { namespace, threshold = approvers.length } = checked;
  return claimOnChain(context, chain, { namespace, guardian, approvers, threshold }, publisher);
}
