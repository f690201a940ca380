import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { streamDurably } from './durable-stream.js';
import { temporaryFolder } from './testing/temporary-folder.js';

let folder: string;
let dispose: () => void;
beforeEach(() => {
  ({ path: folder, dispose } = temporaryFolder());
});
afterEach(() => dispose());

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text === 'fail') throw new Error('the source fails');
    yield Buffer.from(text);
  }
}

it('replaces a file by all pieces', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'old');
  expect(await streamDurably(file, pieces('new', 'er'))).toBe(5);
  expect(readFileSync(file, 'utf8')).toBe('newer');
  expect(readdirSync(folder)).toEqual(['file']);
});

it('a source that fails leaves the old file and nothing beside it', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, 'old');
  await expect(streamDurably(file, pieces('new', 'fail'))).rejects.toThrow('the source fails');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['file']);
});

it('a folder in its place, and a missing folder around it, are USAGE', async () => {
  mkdirSync(join(folder, 'below'));
  for (const path of ['below', 'missing/file'])
    await expect(streamDurably(join(folder, path), pieces('x'))).rejects.toMatchObject({ code: 'USAGE' });
});
