import type { Address } from '@weighbridge/core/brands';
import { fromHex, toHex } from '@weighbridge/core/hex';
import type { Signer } from '@weighbridge/ports/signer';
import { keccak256 } from '@weighbridge/verify/keccak256';
import type { Fees } from './fees.js';

export interface TransactionTerms extends Fees {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Address;
  /** `0x` hex. */
  readonly data: string;
  readonly gasLimit: bigint;
  /** Wei. */
  readonly value?: bigint;
}

/** An EIP-1559 transaction as it is sent, `0x` hex. */
export async function signTransaction(terms: TransactionTerms, signer: Signer): Promise<string> {
  const { Transaction } = await import('ethers/transaction');
  const transaction = Transaction.from({ type: 2, ...terms, to: terms.to.toLowerCase() });
  const signature = await signer.sign(fromHex(transaction.unsignedHash.slice(2)));
  transaction.signature = `0x${toHex(signature)}`;
  return transaction.serialized;
}

/** What a signed transaction says. @throws Error when it is none */
export async function readTransaction(raw: string): Promise<TransactionTerms> {
  const { Transaction } = await import('ethers/transaction');
  const { chainId, nonce, to, data, gasLimit, value, maxFeePerGas, maxPriorityFeePerGas } = Transaction.from(raw);
  return {
    chainId: Number(chainId),
    nonce,
    to: to as Address,
    data,
    gasLimit,
    value,
    maxFeePerGas: maxFeePerGas ?? 0n,
    maxPriorityFeePerGas: maxPriorityFeePerGas ?? 0n,
  };
}

/** The hash under which a node knows a signed transaction, `0x` hex. */
export function transactionHash(raw: string): string {
  return `0x${toHex(keccak256(fromHex(raw.slice(2))))}`;
}
