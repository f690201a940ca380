import { findBlock } from './block.js';
import { callRpc, type JsonRpc } from './json-rpc.js';
import { readHash, readInteger, readObject, readQuantity } from './rpc-values.js';

export interface MinedTransaction {
  /** `0x` hex. */
  readonly hash: string;
  readonly blockNumber: number;
  /** False when the contract refused it after all. */
  readonly succeeded: boolean;
}

/** The first of some transactions that is mined in a block that is still canonical. @throws UNVERIFIABLE */
export async function findMined(rpc: JsonRpc, hashes: readonly string[]): Promise<MinedTransaction | undefined> {
  for (const hash of hashes) {
    const mined = await findOne(rpc, hash);
    if (mined !== undefined) return mined;
  }
  return undefined;
}

async function findOne(rpc: JsonRpc, hash: string): Promise<MinedTransaction | undefined> {
  const answer = await callRpc(rpc, 'eth_getTransactionReceipt', [hash]);
  if (answer === null) return undefined;
  const receipt = readObject(rpc, answer, 'a receipt');
  const blockNumber = readInteger(rpc, receipt.blockNumber, "a receipt's block number");
  const blockHash = readHash(rpc, receipt.blockHash, "a receipt's block hash");
  // a node may still hold the receipt of a block that a reorganization took away
  if ((await findBlock(rpc, blockNumber))?.hash !== blockHash) return undefined;
  return { hash, blockNumber, succeeded: readQuantity(rpc, receipt.status, "a receipt's status") === 1n };
}
