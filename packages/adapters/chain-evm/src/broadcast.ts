import type { JsonRpc } from './json-rpc.js';

/**
 * What became of a transaction that was handed to a node.
 * - `pooled`: the node has it, now or from before
 * - `nonce-used`: a transaction of this nonce is mined, this one or another
 * - `nonce-claimed`: another transaction of this nonce waits and pays as much
 * - `unfunded`: the sender cannot pay
 * - `refused`: it will never be taken as it is
 */
export type BroadcastOutcome = 'pooled' | 'nonce-used' | 'nonce-claimed' | 'unfunded' | 'refused';

export interface Broadcast {
  readonly outcome: BroadcastOutcome;
  /** The node's words when it did not take it. */
  readonly text: string;
}

/** Nodes differ in codes and words; the meanings are these. The first that matches counts. */
const MEANINGS: readonly (readonly [RegExp, BroadcastOutcome])[] = [
  [/already known|already imported|already exists|known transaction|alreadyknown/i, 'pooled'],
  [/nonce.{0,20}too low|nonce is too low|old nonce|oldnonce|invalid nonce.*expected/i, 'nonce-used'],
  [/replacement.*underpriced|underpriced.*replac|fee too low to replace|not enough.*replac/i, 'nonce-claimed'],
  [/insufficient funds|insufficient balance|insufficientfunds|not enough funds|doesn't have enough/i, 'unfunded'],
];

/** @throws UNVERIFIABLE when nobody knows whether the node got it */
export async function broadcast(rpc: JsonRpc, raw: string): Promise<Broadcast> {
  const answer = await rpc.ask('eth_sendRawTransaction', [raw]);
  if ('result' in answer) return { outcome: 'pooled', text: '' };
  const text = answer.refusal.message;
  return { outcome: MEANINGS.find(([pattern]) => pattern.test(text))?.[1] ?? 'refused', text };
}
