import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address } from '@weighbridge/core/brands';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileTransactionJournal } from './file-transaction-journal.js';
import { createMemoryTransactionJournal, type TransactionJournal } from './transaction-journal.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weighbridge-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sender = `0x${'Ab'.repeat(20)}` as Address;
const transaction = (nonce: number) => ({ sender, nonce, purpose: `register a/b@${nonce}`, raws: ['0x02'] });

describe.each<[string, () => TransactionJournal]>([
  ['files', () => createFileTransactionJournal(folder, 'embedded')],
  ['memory', createMemoryTransactionJournal],
])('a journal in %s', (_, open) => {
  test('lists what was added, oldest first, until it is removed', async () => {
    const journal = open();
    const entries = [];
    for (let nonce = 0; nonce < 12; nonce += 1) entries.push(await journal.add(transaction(nonce)));
    expect(await journal.list()).toEqual(entries);
    await journal.remove(entries[0]!);
    await journal.drop(entries[5]!, 'taken');
    expect((await journal.list()).map(({ nonce }) => nonce)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
  });

  test('keeps all that were signed for a nonce', async () => {
    const journal = open();
    const longer = await journal.addReplacement(await journal.add(transaction(3)), '0x0203');
    expect(longer.raws).toEqual(['0x02', '0x0203']);
    expect(await journal.list()).toEqual([longer]);
  });

  test('takes many at once', async () => {
    const journal = open();
    await Promise.all(Array.from({ length: 8 }, (_, nonce) => journal.add(transaction(nonce))));
    expect((await journal.list()).map(({ nonce }) => nonce).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('removing twice does no harm', async () => {
    const journal = open();
    const entry = await journal.add(transaction(0));
    await journal.remove(entry);
    await journal.remove(entry);
    expect(await journal.list()).toEqual([]);
  });
});

describe('a journal in files', () => {
  const open = (chain = 'embedded') => createFileTransactionJournal(folder, chain);

  test('is there for those who come later, for its owner alone', async () => {
    const entry = await open().add(transaction(0));
    expect(await open().list()).toEqual([entry]);
    expect(statSync(join(folder, 'transactions', '000000000001.json')).mode & 0o777).toBe(0o600);
  });

  test('is made with its first entry', async () => {
    expect(await open().list()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does not touch what is of other chains', async () => {
    const entry = await open('1').add(transaction(0));
    expect(await open('embedded').list()).toEqual([]);
    expect(await open('1').list()).toEqual([entry]);
  });

  test('uses no number twice, also after a drop', async () => {
    const entry = await open().add(transaction(0));
    await open().drop(entry, 'another transaction took its nonce');
    expect((await open().add(transaction(1))).id).not.toBe(entry.id);
    const dropped = readFileSync(join(folder, 'transactions', 'dropped', `${entry.id}.json`), 'utf8');
    expect(JSON.parse(dropped)).toMatchObject({ reason: 'another transaction took its nonce', raws: ['0x02'] });
  });

  test('passes over what a crash left', async () => {
    const entry = await open().add(transaction(0));
    writeFileSync(join(folder, 'transactions', '.000000000002.json.0123456789ab.tmp'), '{"half');
    expect(await open().list()).toEqual([entry]);
  });

  test.each(['', '{', '{}', '{"format":"transaction-v2"}', '\0'.repeat(200)])(
    'with a damaged entry (%j) is UNVERIFIABLE and names it',
    async (text) => {
      await open().add(transaction(0));
      const path = join(folder, 'transactions', '000000000001.json');
      writeFileSync(path, text);
      await expect(open().list()).rejects.toMatchObject({
        code: 'UNVERIFIABLE',
        message: expect.stringContaining(path),
      });
    },
  );
});
