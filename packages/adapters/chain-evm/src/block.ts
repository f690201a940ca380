import { callRpc, type JsonRpc, senselessAnswer } from './json-rpc.js';
import { readHash, readInteger, readObject, readQuantity, toQuantity } from './rpc-values.js';

export interface Block {
  readonly number: number;
  /** 64 lower-case hex digits, as the node says. */
  readonly hash: string;
  /** Unix seconds. */
  readonly timestamp: number;
  readonly baseFee: bigint;
  /** All that the node says of it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A block by number or tag; undefined when the node has none. @throws UNVERIFIABLE */
export async function findBlock(rpc: JsonRpc, which: number | string): Promise<Block | undefined> {
  const tag = typeof which === 'number' ? toQuantity(which) : which;
  const answer = await callRpc(rpc, 'eth_getBlockByNumber', [tag, false]);
  if (answer === null) return undefined;
  const fields = readObject(rpc, answer, 'a block');
  return {
    number: readInteger(rpc, fields.number, "a block's number"),
    hash: readHash(rpc, fields.hash, "a block's hash"),
    timestamp: readInteger(rpc, fields.timestamp, "a block's time"),
    baseFee: readQuantity(rpc, fields.baseFeePerGas ?? '0x0', "a block's base fee"),
    fields,
  };
}

/** @throws UNVERIFIABLE */
export async function latestBlock(rpc: JsonRpc): Promise<Block> {
  const block = await findBlock(rpc, 'latest');
  if (block === undefined) throw senselessAnswer(rpc, 'has no blocks');
  return block;
}
