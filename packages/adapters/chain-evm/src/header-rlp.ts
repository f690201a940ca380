import { toHex } from '@weighbridge/core/hex';
import { keccak256 } from '@weighbridge/verify/keccak256';
import { encodeRlp, rlpInteger } from '@weighbridge/verify/rlp';
import type { Block } from './block.js';
import type { JsonRpc } from './json-rpc.js';
import { readData, readQuantity } from './rpc-values.js';

/** How JSON-RPC names a header's fields, in the header's order. `#` marks integers, whose RLP has no leading zeros. */
const LONDON = [
  'parentHash',
  'sha3Uncles',
  'miner',
  'stateRoot',
  'transactionsRoot',
  'receiptsRoot',
  'logsBloom',
  '#difficulty',
  '#number',
  '#gasLimit',
  '#gasUsed',
  '#timestamp',
  'extraData',
  'mixHash',
  'nonce',
  '#baseFeePerGas',
] as const;
const CANCUN = [...LONDON, 'withdrawalsRoot', '#blobGasUsed', '#excessBlobGas', 'parentBeaconBlockRoot'] as const;
const PRAGUE = [...CANCUN, 'requestsHash'] as const;
const AMSTERDAM = [...PRAGUE, 'blockAccessListHash', '#slotNumber'] as const;

/** Newest first: 23, 21, 20, 17 and 16 fields. */
const FORKS = [AMSTERDAM, PRAGUE, CANCUN, [...LONDON, 'withdrawalsRoot'], LONDON] as const;

/**
 * The raw header of a block, rebuilt from its fields, whatever fork it is of.
 * @returns undefined when no known list of fields hashes to the hash that the node gives
 * @throws UNVERIFIABLE when a field is no value
 */
export function rebuildHeader(rpc: JsonRpc, block: Block): Uint8Array | undefined {
  for (const names of FORKS) {
    if (!names.every((name) => fieldOf(block, name) !== undefined)) continue;
    const header = encodeRlp(names.map((name) => encodeField(rpc, block, name)));
    if (toHex(keccak256(header)) === block.hash) return header;
  }
  return undefined;
}

function encodeField(rpc: JsonRpc, block: Block, name: string): Uint8Array {
  const value = fieldOf(block, name);
  return isInteger(name) ? rlpInteger(readQuantity(rpc, value, name)) : readData(rpc, value, name);
}

function fieldOf(block: Block, name: string): unknown {
  return block.fields[isInteger(name) ? name.slice(1) : name] ?? undefined;
}

function isInteger(name: string): boolean {
  return name.startsWith('#');
}
