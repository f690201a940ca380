import { type ClaimSalts, createFileClaimSalts, createMemoryClaimSalts } from './claim-salts.js';
import { createFileTransactionJournal } from './file-transaction-journal.js';
import { createMemoryTransactionJournal, type TransactionJournal } from './transaction-journal.js';

/** What a chain's writer must not forget between two runs. */
export interface ChainJournal {
  readonly transactions: TransactionJournal;
  readonly claims: ClaimSalts;
}

/**
 * @param folder the home's `journal`; made when first needed
 * @param chain names the chain: what is there of other chains is not touched
 */
export function createFileJournal(folder: string, chain: string): ChainJournal {
  return { transactions: createFileTransactionJournal(folder, chain), claims: createFileClaimSalts(folder, chain) };
}

/** For what is done again from the start after a crash, and for tests. */
export function createMemoryJournal(): ChainJournal {
  return { transactions: createMemoryTransactionJournal(), claims: createMemoryClaimSalts() };
}
