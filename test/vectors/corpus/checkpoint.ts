import type { TestKey } from '@weighbridge/verify/testing/keys';
import type { Json } from './canonical.js';
import { bytes, type Domain, domain, sign, word } from './signing.js';
import { ISSUED, MAX_AGE, time } from './times.js';

export interface SignedBlock {
  readonly chainId: number;
  readonly number: number;
  readonly hash: string;
}

export interface Signer {
  readonly by: TestKey;
  /** Unix seconds. */
  readonly issuedAt?: number;
  readonly maxAgeSeconds?: number;
  /** For signatures that were made for something else. */
  readonly domain?: Partial<Domain>;
  readonly type?: string;
}

export const CHECKPOINT_TYPE =
  'Checkpoint(uint64 chainId,uint64 number,bytes32 hash,uint64 issuedAt,uint64 maxAgeSeconds)';

/** The checkpoint of a bundle, signed by each of these, sorted by witness. */
export function checkpoint(
  block: SignedBlock,
  signers: readonly Signer[],
): Record<string, Json> & { signatures: Record<string, Json>[] } {
  const signatures = signers.map((signer) => statement(block, signer));
  return {
    number: block.number,
    hash: block.hash,
    signatures: signatures.sort((a, b) => (String(a.witness) < String(b.witness) ? -1 : 1)),
  };
}

export function statement({ chainId, number, hash }: SignedBlock, signer: Signer): Record<string, Json> {
  const { by, issuedAt = ISSUED, maxAgeSeconds = MAX_AGE, type = CHECKPOINT_TYPE } = signer;
  const words = [word(chainId), word(number), bytes(hash), word(issuedAt), word(maxAgeSeconds)];
  const signature = sign(by, domain('Weighbridge Checkpoint', { chainId, ...signer.domain }), type, words);
  return { witness: by.address, issuedAt: time(issuedAt), maxAgeSeconds, signature };
}
