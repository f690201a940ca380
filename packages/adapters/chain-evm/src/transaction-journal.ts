import type { Address } from '@weighbridge/core/brands';

export interface UnsettledTransaction {
  readonly sender: Address;
  readonly nonce: number;
  /** For people: `register acme/pilot@1.2.0`. */
  readonly purpose: string;
  /** Signed transactions of this nonce, `0x` hex; each later one pays more. Any of them may be mined. */
  readonly raws: readonly string[];
}

export interface JournalledTransaction extends UnsettledTransaction {
  /** Names it in the journal; sorts by age. */
  readonly id: string;
}

/**
 * Transactions of one chain that were signed and are not settled yet. Whoever signs writes here before sending,
 * so that a crash at any point loses nothing and sends nothing twice. One writer at a time.
 */
export interface TransactionJournal {
  /** Oldest first. @throws UNVERIFIABLE when an entry is damaged; IO */
  list(): Promise<JournalledTransaction[]>;
  /** Durable when it returns. @throws IO */
  add(transaction: UnsettledTransaction): Promise<JournalledTransaction>;
  /** Adds a signed transaction that replaces the earlier ones of this nonce. Durable when it returns. @throws IO */
  addReplacement(entry: JournalledTransaction, raw: string): Promise<JournalledTransaction>;
  /** It is settled. @throws IO */
  remove(entry: JournalledTransaction): Promise<void>;
  /** It can never be mined; it is kept aside with the reason. @throws IO */
  drop(entry: JournalledTransaction, reason: string): Promise<void>;
}

/** For transactions that are done again from the start after a crash. */
export function createMemoryTransactionJournal(): TransactionJournal {
  const entries = new Map<string, JournalledTransaction>();
  let count = 0;
  const put = (entry: JournalledTransaction) => {
    entries.set(entry.id, entry);
    return entry;
  };
  return {
    list: async () => [...entries.values()],
    add: async (transaction) => {
      count += 1;
      return put({ ...transaction, id: String(count) });
    },
    addReplacement: async (entry, raw) => put({ ...entry, raws: [...entry.raws, raw] }),
    remove: async (entry) => void entries.delete(entry.id),
    drop: async (entry) => void entries.delete(entry.id),
  };
}
