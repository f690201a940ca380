import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ChainIdentity, StateProof } from '@weighbridge/ports/chain';
import type { Document } from '@weighbridge/ports/document';
import type { Signer } from '@weighbridge/ports/signer';
import { type Checkpoint, checkpointDigest } from '@weighbridge/verify/checkpoint';
import { canonicalLedger, parseLedger, WITNESS_LEDGER_MAX_BYTES } from './witness-ledger.js';

export interface WitnessDoors {
  readonly identity: ChainIdentity;
  readonly signer: Signer;
  /** The witness's own clock, Unix seconds. */
  readonly nowSeconds: number;
}

/**
 * Signs a finalized block with the witness's own clock, or with the block's time where its clock is behind that.
 * @param maxAgeSeconds 1 … 31,536,000
 */
export async function signCheckpoint(
  doors: WitnessDoors,
  proof: StateProof,
  maxAgeSeconds: number,
): Promise<Checkpoint> {
  const { signer, nowSeconds } = doors;
  const issuedAt = Math.max(nowSeconds, proof.timestamp);
  const { number, blockHash: hash } = proof;
  const signature = await signer.sign(checkpointDigest(doors.identity, { number, hash, issuedAt, maxAgeSeconds }));
  return { number, hash, signatures: [{ witness: signer.address, issuedAt, maxAgeSeconds, signature }] };
}

/**
 * Remembers what the witness lets out of the house: never two hashes for one number, never back behind the newest.
 * @throws UNVERIFIABLE when the chain went back behind a block that was signed
 */
export async function recordCheckpoint(
  ledger: Document,
  { chainId, contract }: ChainIdentity,
  checkpoint: Checkpoint,
): Promise<void> {
  const bytes = await ledger.read(WITNESS_LEDGER_MAX_BYTES);
  const signed = bytes === undefined ? {} : parseLedger(bytes);
  const chain = `${chainId}:${contract}`;
  const newest = signed[chain];
  const { number, hash } = checkpoint;
  if (newest !== undefined && (newest.number > number || (newest.number === number && newest.hash !== hash))) {
    throw new WeighbridgeError(
      'UNVERIFIABLE',
      `the witness signed block ${newest.number} already; the chain is now at ${number}`,
      {
        hint: 'the chain lost blocks; repeat what was written last (register, approve …), then export again',
      },
    );
  }
  await ledger.write(canonicalLedger({ ...signed, [chain]: { number, hash } }));
}
