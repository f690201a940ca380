import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { Members } from '@weighbridge/core/members';

/** The newest block that a witness signed, by `<chain id>:<contract>`. */
export type WitnessLedger = Readonly<Record<string, SignedBlock>>;

export interface SignedBlock {
  readonly number: number;
  /** 64 lower-case hex digits. */
  readonly hash: string;
}

export const WITNESS_LEDGER_MAX_BYTES = 64 * 1024;
const WHAT = "the witness's ledger";

/** @throws MALFORMED, LIMIT */
export function parseLedger(bytes: Uint8Array): WitnessLedger {
  const members = Members.of(parseCanonical(bytes, WHAT, { maxBytes: WITNESS_LEDGER_MAX_BYTES }), WHAT);
  members.word('format', 'witness-ledger-v1');
  const chains = members.object('chains');
  members.done();
  return Object.fromEntries(chains.names().map((chain) => [chain, readBlock(chains.object(chain))]));
}

export function canonicalLedger(chains: WitnessLedger): Uint8Array {
  const blocks = Object.fromEntries(
    Object.entries(chains).map(([chain, { number, hash }]) => [chain, { number, hash }]),
  );
  return canonicalBytes({ format: 'witness-ledger-v1', chains: blocks });
}

function readBlock(members: Members): SignedBlock {
  const block = { number: members.integer('number'), hash: members.hash32('hash') };
  members.done();
  return block;
}
