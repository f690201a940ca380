import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ChainIdentity, StateProof } from '@weighbridge/ports/chain';
import type { Document } from '@weighbridge/ports/document';
import type { Signer } from '@weighbridge/ports/signer';
import { type Checkpoint, checkpointDigest } from '@weighbridge/verify/checkpoint';
import { replaceDocument } from './replace-document.js';
import { canonicalLedger, parseLedger, type SignedBlock, WITNESS_LEDGER_MAX_BYTES } from './witness-ledger.js';

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
 * @throws UNVERIFIABLE when the chain went back behind a block that was signed; IO when it cannot be remembered
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
  if (newest !== undefined && contradicts(newest, checkpoint)) throw lostBlocks(newest.number, number);
  await replaceDocument(ledger, canonicalLedger({ ...signed, [chain]: { number, hash } }));
}

function contradicts(newest: SignedBlock, { number, hash }: SignedBlock): boolean {
  return newest.number > number || (newest.number === number && newest.hash !== hash);
}

function lostBlocks(signed: number, found: number): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the witness signed block ${signed}; the chain is now at ${found}`, {
    hint: 'the chain lost blocks; repeat what was written last (register, approve …), then export again',
  });
}
