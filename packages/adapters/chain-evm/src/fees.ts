import { latestBlock } from './block.js';
import type { JsonRpc } from './json-rpc.js';
import { readQuantity } from './rpc-values.js';

/** EIP-1559, wei a gas. */
export interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

const GWEI = 1_000_000_000n;

/** Twice the present base fee and the tip that the node suggests. @throws UNVERIFIABLE */
export async function suggestFees(rpc: JsonRpc): Promise<Fees> {
  const { baseFee } = await latestBlock(rpc);
  const answer = await rpc.ask('eth_maxPriorityFeePerGas', []);
  const tip = 'result' in answer ? readQuantity(rpc, answer.result, 'a tip') : GWEI;
  return { maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip };
}

/** Nodes take a replacement only for 10 % (some 12.5 %) more on both fees; rounding down would fall short. */
export function bumpFees(old: Fees, suggested: Fees): Fees {
  return {
    maxFeePerGas: larger(bump(old.maxFeePerGas), suggested.maxFeePerGas),
    maxPriorityFeePerGas: larger(bump(old.maxPriorityFeePerGas), suggested.maxPriorityFeePerGas),
  };
}

function bump(fee: bigint): bigint {
  return larger(fee + 1n, (fee * 9n + 7n) / 8n);
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

/** Nodes refuse a transaction that may cost more than 1 ether. */
const MAX_COST = 10n ** 18n;

export function capFees(fees: Fees, gasLimit: bigint): Fees {
  const cap = MAX_COST / gasLimit;
  return {
    maxFeePerGas: smaller(fees.maxFeePerGas, cap),
    maxPriorityFeePerGas: smaller(fees.maxPriorityFeePerGas, cap),
  };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
