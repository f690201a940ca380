import { mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { QueueJournal, readJournal } from './queue-journal.js';
import type { StoredJob } from './stored-job.js';

const job = (id: string): StoredJob => ({
  id,
  kind: 'hash',
  data: {},
  state: 'waiting',
  attempts: 0,
  tries: 0,
  addedAt: 1,
});

let folder: string;
let path: string;
let dispose: () => void;
let kept: StoredJob[];
let journal: QueueJournal;
beforeEach(() => {
  ({ path: folder, dispose } = temporaryFolder());
  path = join(folder, 'below', 'queue.log');
  kept = [];
  journal = new QueueJournal(path, () => kept);
});
afterEach(async () => {
  await journal.close();
  dispose();
});

const append = (id: string): Promise<void> => journal.append(job(id), () => void kept.push(job(id)));
const ids = async (): Promise<string[]> => (await readJournal(path)).map(({ id }) => id);

test('what could not be written was not applied, and later writes heal', async () => {
  await expect(append('a')).rejects.toMatchObject({ code: 'USAGE' });
  expect(kept).toEqual([]);
  mkdirSync(join(folder, 'below'));
  await append('b');
  expect(await ids()).toEqual(['b']);
});

test('after a failed write the file is made anew with all that was acknowledged', async () => {
  mkdirSync(join(folder, 'below'));
  await append('a');
  const opened = journal as unknown as { file: FileHandle };
  await opened.file.close();
  opened.file = await open('/dev/full', 'a');
  await expect(append('b')).rejects.toMatchObject({ code: 'IO' });
  await append('c');
  expect(await ids()).toEqual(['a', 'c']);
});

test('entries are applied in their order, each when it is durable', async () => {
  mkdirSync(join(folder, 'below'));
  const names = Array.from({ length: 3000 }, (_, at) => `j${at}`);
  await Promise.all(
    names.map((id) =>
      append(id).then(() => {
        expect(kept.some((each) => each.id === id)).toBe(true);
      }),
    ),
  );
  expect(kept.map(({ id }) => id)).toEqual(names);
  expect(await ids()).toEqual(names);
});

test('closing waits for what was appended', async () => {
  mkdirSync(join(folder, 'below'));
  const appended = append('a');
  await journal.close();
  await appended;
  expect(await ids()).toEqual(['a']);
});
