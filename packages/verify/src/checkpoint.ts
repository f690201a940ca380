import type { Address } from '@weighbridge/core/brands';
import { fromHex } from '@weighbridge/core/hex';
import { type Registry, structHash, typedDataDigest } from './eip712.js';
import { wordOf } from './words.js';

/** bundle-v1 §4.1: the longest age that a witness or a trust file may allow, 365 days. */
export const MAX_AGE_LIMIT_SECONDS = 31_536_000;

export interface CheckpointSignature {
  readonly witness: Address;
  /** Unix seconds, by the witness's own clock. */
  readonly issuedAt: number;
  readonly maxAgeSeconds: number;
  /** 65 bytes r ‖ s ‖ v. */
  readonly signature: Uint8Array;
}

/** A block that witnesses vouch for. */
export interface Checkpoint {
  readonly number: number;
  /** Block hash, 64 lower-case hex digits. */
  readonly hash: string;
  /** Sorted by witness, each once. */
  readonly signatures: readonly CheckpointSignature[];
}

/** What one witness says about a block. */
export interface CheckpointStatement {
  readonly number: number;
  readonly hash: string;
  readonly issuedAt: number;
  readonly maxAgeSeconds: number;
}

const TYPE = 'Checkpoint(uint64 chainId,uint64 number,bytes32 hash,uint64 issuedAt,uint64 maxAgeSeconds)';

/** bundle-v1 §4.2: the digest that a witness signs, 32 bytes. */
export function checkpointDigest(registry: Registry, statement: CheckpointStatement): Uint8Array {
  return typedDataDigest(
    { name: 'Weighbridge Checkpoint', chainId: registry.chainId, verifyingContract: registry.contract },
    structHash(
      TYPE,
      wordOf(registry.chainId),
      wordOf(statement.number),
      fromHex(statement.hash),
      wordOf(statement.issuedAt),
      wordOf(statement.maxAgeSeconds),
    ),
  );
}
