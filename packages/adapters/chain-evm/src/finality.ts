import { WeighbridgeError } from '@weighbridge/core/errors';
import { type Block, findBlock } from './block.js';
import type { JsonRpc } from './json-rpc.js';

/** The newest block that counts: a JSON-RPC block tag. */
export type Finality = 'latest' | 'safe' | 'finalized';

/** @throws UNVERIFIABLE also when the node cannot name such a block: some answer null, some an error */
export async function finalBlock(rpc: JsonRpc, finality: Finality): Promise<Block> {
  let cause: unknown;
  try {
    const block = await findBlock(rpc, finality);
    if (block !== undefined) return block;
  } catch (error) {
    cause = error;
  }
  throw new WeighbridgeError('UNVERIFIABLE', `the node at ${rpc.location} cannot name its ${finality} block`, {
    hint: 'wait until the chain finalizes, or use a node that follows finality',
    cause,
  });
}
