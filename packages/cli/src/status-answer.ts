import type { ReleaseRef } from '@weighbridge/core/names';
import { approvalsOf, derivedStatus } from '@weighbridge/journeys/describe-release';
import { requireRelease } from '@weighbridge/journeys/find-release';
import type { Chain } from '@weighbridge/ports/chain';
import { type Answer, success } from './answer.js';
import type { Context } from './context.js';
import { namesByAddress } from './key-names.js';
import { named } from './namespace-members.js';

/** What `approve`, `revoke` and `require` answer: where the release stands now. */
export async function statusAnswer(
  context: Context,
  chain: Chain,
  ref: ReleaseRef,
  message: (status: string) => string,
): Promise<Answer> {
  const record = await requireRelease(chain, ref);
  const { latestApproved } = await chain.model(ref.model);
  const names = await namesByAddress(context);
  const approvals = (await approvalsOf(chain, ref, record)).map((approval) => ({
    ...approval,
    ...named(names, approval.key),
  }));
  const status = derivedStatus(record, latestApproved);
  return success({
    message: message(status),
    members: { release: ref.name, releaseDigest: record.digest, status, approvals, threshold: record.threshold },
    lines: [message(status), `approvals ${approvals.length} of ${record.threshold} needed`],
  });
}
