import type { ReleaseRef } from '@weighbridge/core/names';
import { describeRelease } from '@weighbridge/journeys/describe-release';
import type { Chain } from '@weighbridge/ports/chain';
import { type Answer, success } from './answer.js';
import type { Context } from './context.js';
import { namesByAddress, withNames } from './key-names.js';
import { openReleases } from './releases.js';

/** What `approve`, `revoke` and `require` answer: where the release stands now. */
export async function statusAnswer(
  context: Context,
  chain: Chain,
  ref: ReleaseRef,
  message: (status: string) => string,
): Promise<Answer> {
  const description = await describeRelease(chain, openReleases(context), ref);
  const { releaseDigest, status, threshold } = description;
  const approvals = withNames(await namesByAddress(context), description.approvals);
  return success({
    message: message(status),
    members: { release: ref.name, releaseDigest, status, approvals, threshold },
    lines: [message(status), `approvals ${approvals.length} of ${threshold} needed`],
  });
}
