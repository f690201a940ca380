import { linkSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeDurably } from './durable-write.js';
import { keepAs } from './keep-as.js';
import { temporaryFolder } from './testing/temporary-folder.js';

describe('keepAs', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  test.each([
    ['no file', () => {}],
    ['another file', () => writeFileSync(join(folder, 'previous'), 'older')],
    ['the same file', () => linkSync(join(folder, 'file'), join(folder, 'previous'))],
  ])('keeps a file that is then replaced, where %s had the name', async (_, put) => {
    writeFileSync(join(folder, 'file'), 'old');
    put();
    await keepAs(join(folder, 'file'), join(folder, 'previous'));
    await writeDurably(join(folder, 'file'), Buffer.from('new'));
    expect(readFileSync(join(folder, 'previous'), 'utf8')).toBe('old');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new');
    expect(readdirSync(folder).sort()).toEqual(['file', 'previous']);
  });

  test('an absent file is IO, and who has the other name keeps it', async () => {
    writeFileSync(join(folder, 'previous'), 'older');
    await expect(keepAs(join(folder, 'file'), join(folder, 'previous'))).rejects.toMatchObject({ code: 'IO' });
    expect(readFileSync(join(folder, 'previous'), 'utf8')).toBe('older');
    expect(readdirSync(folder)).toEqual(['previous']);
  });
});
