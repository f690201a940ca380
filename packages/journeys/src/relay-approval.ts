import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Chain, ReleaseRecord } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { type ApprovalFile, isSignedByApprover } from '@weighbridge/verify/approval-file';
import { requireNotRevoked, requireSeat } from './approve.js';
import { isSet } from './describe-release.js';
import { requireNamespace, requireRelease } from './find-release.js';

/**
 * Hands in an approval that somebody signed; anyone may. What the contract would refuse is found before it costs.
 * @param role refuse unless the approver has it
 * @throws UNTRUSTED for another chain or epoch, a wrong signature, no approver; WRONG_ARTIFACT for another release;
 *   STALE past its deadline
 */
export async function relayApproval(
  chain: Chain,
  ref: ReleaseRef,
  approval: ApprovalFile,
  role: string | undefined,
  relayer: Signer,
  nowSeconds: number,
): Promise<void> {
  requireSameChain(chain, ref, approval);
  requireSigned(ref, approval);
  requireSameRelease(ref, approval);
  const record = await requireRelease(chain, ref);
  requireSameRecord(ref, record, approval);
  await requireSameEpoch(chain, ref, approval);
  const seat = await requireSeat(chain, ref, approval.approver, role);
  requireNotRevoked(ref, record);
  requireInTime(ref, approval, nowSeconds);
  if (isSet(record.approvals, seat.index)) return;
  const { approver, versionCode, digest, deadline, signature, epoch } = approval;
  await chain.relayApprovals({ ref, versionCode, digest }, epoch, [{ approver, deadline, signature }], relayer);
}

function requireSameChain(chain: Chain, ref: ReleaseRef, approval: ApprovalFile): void {
  const { chainId, contract } = chain.identity;
  if (approval.chainId === chainId && approval.contract === contract) return;
  throw new WeighbridgeError(
    'UNTRUSTED',
    `the approval is for contract ${approval.contract} on chain ${approval.chainId}`,
    {
      hint: `have it signed for contract ${contract} on chain ${chainId}`,
      details: { release: ref.name },
    },
  );
}

/** approval-v1 §3.2 */
function requireSigned(ref: ReleaseRef, approval: ApprovalFile): void {
  if (isSignedByApprover(approval)) return;
  throw new WeighbridgeError('UNTRUSTED', `the signature in the approval is not of ${approval.approver}`, {
    hint: 'have it signed again',
    details: { release: ref.name },
  });
}

function requireSameRelease(ref: ReleaseRef, approval: ApprovalFile): void {
  const name = `${approval.model}@${approval.version}`;
  if (name === ref.name) return;
  throw new WeighbridgeError('WRONG_ARTIFACT', `the approval is for ${name}, not for ${ref.name}`, {
    hint: `relay it for ${name}, or have ${ref.name} signed`,
    details: { release: ref.name, expected: ref.name, found: name },
  });
}

function requireSameRecord(ref: ReleaseRef, record: ReleaseRecord, approval: ApprovalFile): void {
  if (approval.digest === record.digest && approval.versionCode === record.versionCode) return;
  throw new WeighbridgeError('WRONG_ARTIFACT', `the approval is for another record of ${ref.name}`, {
    hint: 'have the registered release signed',
    details: { release: ref.name, expected: record.digest, found: approval.digest },
  });
}

async function requireSameEpoch(chain: Chain, ref: ReleaseRef, approval: ApprovalFile): Promise<void> {
  const { epoch } = await requireNamespace(chain, ref.namespace);
  if (approval.epoch === epoch) return;
  throw new WeighbridgeError(
    'UNTRUSTED',
    `the approval is of epoch ${approval.epoch}, ${ref.namespace} is in ${epoch}`,
    {
      hint: 'have it signed again: the approvers of the namespace changed since',
      details: { release: ref.name },
    },
  );
}

function requireInTime(ref: ReleaseRef, { deadline }: ApprovalFile, nowSeconds: number): void {
  if (nowSeconds <= deadline) return;
  throw new WeighbridgeError('STALE', `the approval's deadline passed ${nowSeconds - deadline} seconds ago`, {
    hint: 'have it signed again',
    details: { release: ref.name },
  });
}
