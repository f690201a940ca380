import type { ModelName } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { toHex } from '@weighbridge/core/hex';
import type { ReleaseRef } from '@weighbridge/core/names';
import { REASONS, type Reason, type ReleaseClaim, type SignedApproval } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { digestFromWords, digestWords } from './registry-abi.js';
import type { RegistryReads } from './registry-reads.js';
import { type ContractRefusal, digestConflict } from './registry-refusal.js';
import type { RegistryCall } from './registry-writes.js';

export function registerCall(reads: RegistryReads, claim: ReleaseClaim, publisher: Signer): RegistryCall {
  const purpose = `register ${claim.ref.name}`;
  return {
    method: 'register',
    args: claimArgs(claim),
    purpose,
    // the contract would take it once more, and change nothing
    isDone: async (tag) => {
      const record = await reads.release(claim.ref, tag);
      return (
        record?.publisher === publisher.address &&
        record.digest === claim.digest &&
        record.versionCode === claim.versionCode &&
        record.status !== 'revoked'
      );
    },
    explain: (refusal) => explainConflict(refusal, claim, purpose),
  };
}

export function approveCall(claim: ReleaseClaim): RegistryCall {
  const purpose = `approve ${claim.ref.name}`;
  return {
    method: 'approve',
    args: claimArgs(claim),
    purpose,
    satisfiedBy: ['AlreadyApproved'],
    explain: (refusal) => explainApproval(refusal, claim, purpose),
  };
}

export function relayCall(claim: ReleaseClaim, epoch: number, approvals: readonly SignedApproval[]): RegistryCall {
  const purpose = `relay approvals of ${claim.ref.name}`;
  const tuples = approvals.map(({ approver, deadline, signature }) => [approver, deadline, `0x${toHex(signature)}`]);
  return {
    method: 'approveBySignature',
    args: [...claimArgs(claim), epoch, tuples],
    purpose,
    satisfiedBy: ['AlreadyApproved'],
    explain: (refusal) => explainApproval(refusal, claim, purpose),
  };
}

export function revokeCall(ref: ReleaseRef, reason: Reason, text: string): RegistryCall {
  return {
    method: 'revoke',
    args: [ref.name, REASONS.indexOf(reason), text],
    purpose: `revoke ${ref.name}`,
    satisfiedBy: ['ReleaseIsRevoked'],
  };
}

export function requireVersionCall(model: ModelName, versionCode: number): RegistryCall {
  return {
    method: 'requireVersion',
    args: [model, versionCode],
    purpose: `require version code ${versionCode} of ${model}`,
    satisfiedBy: ['MinAllowedNotRising'],
  };
}

function claimArgs({ ref, versionCode, digest }: ReleaseClaim): unknown[] {
  return [ref.name, versionCode, ...digestWords(digest)];
}

function explainConflict(refusal: ContractRefusal, claim: ReleaseClaim, purpose: string): WeighbridgeError | undefined {
  if (refusal.name !== 'ReleaseConflict') return undefined;
  if (digestFromWords(refusal.args[0], refusal.args[1]) !== claim.digest)
    return digestConflict(refusal, purpose, claim.digest);
  return new WeighbridgeError(
    'USAGE',
    `${purpose}: it is registered with another version code or by another publisher`,
    {
      hint: `see what stands there: weighbridge show ${claim.ref.name}`,
    },
  );
}

function explainApproval(refusal: ContractRefusal, claim: ReleaseClaim, purpose: string): WeighbridgeError | undefined {
  if (refusal.name === 'DigestMismatch') return digestConflict(refusal, purpose, claim.digest);
  if (refusal.name !== 'ApproverIsPublisher') return undefined;
  return new WeighbridgeError('UNTRUSTED', `${purpose}: the publisher of a release cannot approve it`, {
    hint: 'have it approved with another key',
  });
}
