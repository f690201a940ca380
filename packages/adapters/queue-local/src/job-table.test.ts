import { expect, test } from 'vitest';
import { JobTable } from './job-table.js';
import type { StoredJob } from './stored-job.js';

const job = (id: string, state: StoredJob['state']): StoredJob => ({
  id,
  kind: 'hash',
  data: {},
  state,
  attempts: 1,
  tries: 1,
  addedAt: 1,
});
const ids = (table: JobTable): string[] => table.all().map(({ id }) => id);

test('of the jobs that ended the last ones stay, and all that did not', () => {
  const table = new JobTable(2);
  table.put(job('w', 'waiting'));
  for (const id of ['a', 'b', 'c']) table.put(job(id, 'done'));
  expect(ids(table)).toEqual(['w', 'b', 'c']);
});

test('a job that ended again counts once, as the last', () => {
  const table = new JobTable(2);
  table.put(job('a', 'dead'));
  table.put(job('b', 'done'));
  table.put(job('a', 'waiting'));
  expect(ids(table)).toEqual(['b', 'a']);
  table.put(job('a', 'done'));
  expect(ids(table)).toEqual(['b', 'a']);
  table.put(job('c', 'done'));
  expect(ids(table)).toEqual(['a', 'c']);
});

test('a job that was put twice as ended counts once', () => {
  const table = new JobTable(2);
  for (const id of ['a', 'b', 'b', 'b']) table.put(job(id, 'done'));
  expect(ids(table)).toEqual(['a', 'b']);
});

test('any number of them end', () => {
  const table = new JobTable(10);
  for (let at = 0; at < 5000; at += 1) table.put(job(`j${at}`, 'done'));
  expect(ids(table)).toEqual(Array.from({ length: 10 }, (_, at) => `j${4990 + at}`));
});
