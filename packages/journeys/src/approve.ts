import type { Address } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { ApproverRecord, Chain, ReleaseRecord } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { approvalDigest } from '@weighbridge/verify/approval';
import { type ApprovalFile, isSignedByApprover } from '@weighbridge/verify/approval-file';
import { isSet } from './describe-release.js';
import { requireNamespace, requireRelease, revokedRelease } from './find-release.js';

/** Approves by a transaction of the approver's own. Having approved already is success. */
export async function approve(
  chain: Chain,
  ref: ReleaseRef,
  approver: Signer,
  role: string | undefined,
): Promise<void> {
  const record = await requireApprovable(chain, ref);
  const seat = await requireSeat(chain, ref, approver.address, role);
  if (isSet(record.approvals, seat.index)) return;
  await chain.approve({ ref, versionCode: record.versionCode, digest: record.digest }, approver);
}

/** Signs an approval for somebody else to relay; nothing is sent. */
export async function signApproval(
  chain: Chain,
  ref: ReleaseRef,
  approver: Signer,
  role: string | undefined,
  deadline: number,
): Promise<ApprovalFile> {
  const record = await requireApprovable(chain, ref);
  await requireSeat(chain, ref, approver.address, role);
  const { epoch } = await requireNamespace(chain, ref.namespace);
  const { chainId, contract } = chain.identity;
  const facts = {
    approver: approver.address,
    model: ref.model,
    version: ref.version,
    versionCode: record.versionCode,
    digest: record.digest,
    epoch,
    deadline,
  };
  const signature = await approver.sign(approvalDigest({ chainId, contract }, facts));
  return { chainId, contract, ...facts, signature };
}

/**
 * Hands in an approval that somebody signed; anyone may.
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
  const seat = await requireSeat(chain, ref, approval.approver, role);
  requireNotRevoked(ref, record);
  requireInTime(ref, approval, nowSeconds);
  if (isSet(record.approvals, seat.index)) return;
  const { approver, versionCode, digest, deadline, signature, epoch } = approval;
  await chain.relayApprovals({ ref, versionCode, digest }, epoch, [{ approver, deadline, signature }], relayer);
}

async function requireApprovable(chain: Chain, ref: ReleaseRef): Promise<ReleaseRecord> {
  const record = await requireRelease(chain, ref);
  requireNotRevoked(ref, record);
  return record;
}

function requireNotRevoked(ref: ReleaseRef, record: ReleaseRecord): void {
  if (record.status === 'revoked') throw revokedRelease(ref, 'it can no longer be approved');
}

/** The approver's active seat in the namespace. @throws UNTRUSTED */
async function requireSeat(
  chain: Chain,
  ref: ReleaseRef,
  key: Address,
  role: string | undefined,
): Promise<ApproverRecord> {
  const { approvers } = await requireNamespace(chain, ref.namespace);
  const seats = approvers.filter((approver) => approver.active && approver.key === key);
  const seat = seats.find((approver) => role === undefined || approver.role === role);
  if (seat !== undefined) return seat;
  const [held] = seats;
  const problem =
    held === undefined
      ? `${key} is no approver of ${ref.namespace}`
      : `${key} approves as ${held.role}, not as ${role}`;
  throw new WeighbridgeError('UNTRUSTED', problem, {
    hint: `sign with an approver's key (--as) in its own role; see \`weighbridge namespace show ${ref.namespace}\``,
    details: { release: ref.name },
  });
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

function requireInTime(ref: ReleaseRef, approval: ApprovalFile, nowSeconds: number): void {
  const { deadline } = approval;
  if (nowSeconds <= deadline) return;
  throw new WeighbridgeError('STALE', `the approval's deadline passed ${nowSeconds - deadline} seconds ago`, {
    hint: 'have it signed again',
    details: { release: ref.name },
  });
}
