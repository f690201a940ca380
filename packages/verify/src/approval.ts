import type { Address, Digest, ModelName, Version } from '@weighbridge/core/brands';
import { fromHex } from '@weighbridge/core/hex';
import { type Registry, structHash, typedDataDigest } from './eip712.js';
import { keccakText } from './keccak256.js';
import { addressWord, wordOf } from './words.js';

/** An approval as its approver signs it; it names everything that it is about. */
export interface Approval {
  readonly approver: Address;
  readonly model: ModelName;
  readonly version: Version;
  readonly versionCode: number;
  readonly digest: Digest;
  /** Of the namespace's configuration, at signing. */
  readonly epoch: number;
  /** Unix seconds. */
  readonly deadline: number;
}

const TYPE =
  'Approval(address approver,string model,string version,uint64 versionCode,bytes32 digestHigh,bytes32 digestLow,uint64 epoch,uint64 deadline)';

/** approval-v1 §3: the digest that an approver signs, 32 bytes. */
export function approvalDigest(registry: Registry, approval: Approval): Uint8Array {
  const digest = fromHex(approval.digest);
  return typedDataDigest(
    { name: 'Weighbridge', chainId: registry.chainId, verifyingContract: registry.contract },
    structHash(
      TYPE,
      addressWord(approval.approver),
      keccakText(approval.model),
      keccakText(approval.version),
      wordOf(approval.versionCode),
      digest.subarray(0, 32),
      digest.subarray(32),
      wordOf(approval.epoch),
      wordOf(approval.deadline),
    ),
  );
}
