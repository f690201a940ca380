import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Address } from '@weighbridge/core/brands';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { isWeighbridgeError, systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { Members } from '@weighbridge/core/members';
import { createDurably } from '@weighbridge/durable-files/durable-create';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { removeDurably } from '@weighbridge/durable-files/durable-remove';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError } from '@weighbridge/durable-files/io-error';
import type { JournalledTransaction, TransactionJournal, UnsettledTransaction } from './transaction-journal.js';

const MAX_BYTES = 4 * 1024 * 1024;
const NAME = /^[0-9]{12}\.json$/;

/**
 * One canonical JSON file per transaction, `transactions/<number>.json`; what was dropped lies in
 * `transactions/dropped/`.
 * @param folder the home's `journal`
 * @param chain names the chain; entries of other chains are not touched
 */
export function createFileTransactionJournal(folder: string, chain: string): TransactionJournal {
  const transactions = join(folder, 'transactions');
  const dropped = join(transactions, 'dropped');
  const fileOf = (id: string) => join(transactions, `${id}.json`);
  return {
    async list() {
      const ids = (await idsIn(transactions)).sort();
      const entries = await Promise.all(ids.map((id) => readEntry(fileOf(id), id, chain)));
      return entries.filter((entry) => entry !== undefined);
    },
    async add(transaction) {
      await makeFolderDurably(transactions, 0o700);
      for (let number = await nextNumber(transactions, dropped); ; number += 1) {
        const id = String(number).padStart(12, '0');
        if (await createDurably(fileOf(id), encode(transaction, chain), 0o600)) return { ...transaction, id };
      }
    },
    async addReplacement(entry, raw) {
      const longer = { ...entry, raws: [...entry.raws, raw] };
      await writeDurably(fileOf(entry.id), encode(longer, chain), { mode: 0o600 });
      return longer;
    },
    remove: (entry) => removeDurably(fileOf(entry.id)),
    async drop(entry, reason) {
      await makeFolderDurably(dropped, 0o700);
      await writeDurably(join(dropped, `${entry.id}.json`), encode(entry, chain, reason), { mode: 0o600 });
      await removeDurably(fileOf(entry.id));
    },
  };
}

async function nextNumber(...folders: readonly string[]): Promise<number> {
  const ids = (await Promise.all(folders.map(idsIn))).flat();
  return Math.max(0, ...ids.map(Number)) + 1;
}

async function idsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => NAME.test(name)).map((name) => name.slice(0, 12));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asIoError('list', folder, error);
  }
}

function encode(transaction: UnsettledTransaction, chain: string, reason?: string): Uint8Array {
  const { sender, nonce, purpose, raws } = transaction;
  return canonicalBytes({ format: 'transaction-v1', chain, sender, nonce, purpose, raws, ...(reason && { reason }) });
}

async function readEntry(path: string, id: string, chain: string): Promise<JournalledTransaction | undefined> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw asIoError('read', path, cause);
  });
  try {
    const members = Members.of(parseCanonical(bytes, path, { maxBytes: MAX_BYTES }), path);
    members.word('format', 'transaction-v1');
    const foreign = members.string('chain') !== chain;
    const entry = { id, ...readTransaction(members) };
    members.done();
    return foreign ? undefined : entry;
  } catch (cause) {
    if (!isWeighbridgeError(cause)) throw cause;
    throw new WeighbridgeError('UNVERIFIABLE', `${path} is damaged`, {
      hint: 'move it away; then look whether what it was for is on the chain, and run that command again if not',
      cause,
    });
  }
}

function readTransaction(members: Members): UnsettledTransaction {
  return {
    sender: members.string('sender') as Address,
    nonce: members.integer('nonce'),
    purpose: members.string('purpose'),
    raws: members.list('raws', (item) => String(item)),
  };
}
