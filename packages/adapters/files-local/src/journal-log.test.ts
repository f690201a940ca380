import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { durableCalls } from '@weighbridge/durable-files/testing/durable-calls';
import { putOther } from '@weighbridge/durable-files/testing/put-other';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appendJournal } from './journal-log.js';

describe('appendJournal', () => {
  let folder: string;
  let journal: string;
  let log: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    journal = join(folder, 'journal');
    log = join(journal, 'log.jsonl');
  });
  afterEach(() => dispose());

  test('makes folder and log for their owner alone, one entry a line, in order', async () => {
    await appendJournal(journal, { what: 'first', at: 1 });
    await appendJournal(journal, { what: 'line\nbreak' });
    expect(readFileSync(log, 'utf8')).toBe('{"at":1,"what":"first"}\n{"what":"line\\nbreak"}\n');
    expect(statSync(journal).mode & 0o777).toBe(0o700);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('waits for the line, then for the name of the log', async () => {
    const script = `
      import { appendJournal } from './journal-log.js';
      await appendJournal(process.argv[2] + '/journal', { n: 1 });
    `;
    expect(await durableCalls(import.meta.dirname, folder, script)).toEqual([
      'fsync ',
      'write journal/log.jsonl',
      'fsync journal/log.jsonl',
      'fsync journal',
    ]);
  });

  test('begins a new line after one that was torn', async () => {
    await appendJournal(journal, { n: 1 });
    appendFileSync(log, '{"n":');
    await appendJournal(journal, { n: 2 });
    expect(readFileSync(log, 'utf8').split('\n')).toEqual(['{"n":1}', '{"n":', '{"n":2}', '']);
  });

  test.each(['symlink', 'FIFO'] as const)('writes into no %s', { timeout: 2_000 }, async (kind) => {
    mkdirSync(journal);
    writeFileSync(join(folder, 'target'), '');
    await putOther(log, kind, '../target');
    await expect(appendJournal(journal, { n: 1 })).rejects.toMatchObject({ code: 'IO' });
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('');
  });

  test("is IO where nothing may be written, or a file has the folder's name", async () => {
    chmodSync(folder, 0o555);
    await expect(withoutRoot(() => appendJournal(journal, { n: 1 }))).rejects.toMatchObject({ code: 'IO' });
    writeFileSync(journal, '');
    await expect(appendJournal(journal, { n: 1 })).rejects.toMatchObject({ code: 'IO' });
  });
});
