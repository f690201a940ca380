import type { Address } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { ApproverRecord, Chain, ReleaseRecord } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { approvalDigest } from '@weighbridge/verify/approval';
import type { ApprovalFile } from '@weighbridge/verify/approval-file';
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

async function requireApprovable(chain: Chain, ref: ReleaseRef): Promise<ReleaseRecord> {
  const record = await requireRelease(chain, ref);
  requireNotRevoked(ref, record);
  return record;
}

export function requireNotRevoked(ref: ReleaseRef, record: ReleaseRecord): void {
  if (record.status === 'revoked') throw revokedRelease(ref, 'it can no longer be approved');
}

/** The approver's active seat in the namespace. @throws UNTRUSTED */
export async function requireSeat(
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
