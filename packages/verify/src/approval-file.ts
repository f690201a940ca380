import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { Members } from '@weighbridge/core/members';
import { isModelName, isVersion } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import { type Approval, approvalDigest } from './approval.js';
import type { Registry } from './eip712.js';
import { formatBase64, readAddress, readSignature, readTime, wrongKind } from './encodings.js';
import { recoverAddress } from './signatures.js';

export const APPROVAL_FILE_MAX_BYTES = 4 * 1024;

const WHAT = 'the approval file';

/** approval-v1: an approval that somebody else hands in. */
export interface ApprovalFile extends Registry, Approval {
  /** 65 bytes r ‖ s ‖ v. */
  readonly signature: Uint8Array;
}

/**
 * approval-v1 §1–§2: parses a signed approval strictly. Who signed it is another question: see `isSignedByApprover`.
 * @throws MALFORMED, LIMIT
 */
export function parseApprovalFile(bytes: Uint8Array): ApprovalFile {
  const value = parseCanonical(bytes, WHAT, { maxBytes: APPROVAL_FILE_MAX_BYTES });
  if (value.format !== 'approval-v1') throw wrongKind(WHAT, value, 'approval-v1');
  const members = Members.of(value, WHAT);
  members.word('format', 'approval-v1');
  const file: ApprovalFile = {
    chainId: members.integer('chainId', 1),
    contract: readAddress(members, 'contract'),
    model: members.parsed('model', 'a model name', (text) => (isModelName(text) ? text : undefined)),
    version: members.parsed('version', 'a version', (text) => (isVersion(text) ? text : undefined)),
    versionCode: members.integer('versionCode', 1),
    digest: members.digest('releaseDigest'),
    approver: readAddress(members, 'approver'),
    epoch: members.integer('epoch'),
    deadline: readTime(members, 'deadline'),
    signature: readSignature(members, 'signature'),
  };
  members.done();
  return file;
}

export function canonicalApprovalFile(file: ApprovalFile): Uint8Array {
  return canonicalBytes({
    format: 'approval-v1',
    chainId: file.chainId,
    contract: file.contract,
    model: file.model,
    version: file.version,
    versionCode: file.versionCode,
    releaseDigest: file.digest,
    approver: file.approver,
    epoch: file.epoch,
    deadline: formatTime(file.deadline),
    signature: formatBase64(file.signature),
  });
}

/** approval-v1 §3: whether the approver that the file names signed just this. */
export function isSignedByApprover(file: ApprovalFile): boolean {
  return recoverAddress(approvalDigest(file, file), file.signature) === file.approver;
}
