import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeTemporaries, writeTemporary } from './temporary-file.js';
import { temporaryFolder } from './testing/temporary-folder.js';

describe('removeTemporaries', () => {
  let folder: string;
  let dispose: () => void;
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
  });
  afterEach(() => dispose());

  test.each(['file', 'n'.repeat(255), '\u{1f600}'])('removes what was left of a write of %s', async (name) => {
    const left = await writeTemporary(join(folder, name), Buffer.from('half'), {});
    expect(readdirSync(folder)).toEqual([basename(left)]);
    await removeTemporaries(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('leaves everything else', async () => {
    const kept = ['.0123456789abcdef.tmp', '.file.tmp', 'file', 'file.0123456789abcdef.tmp'];
    for (const name of kept) writeFileSync(join(folder, name), '');
    await removeTemporaries(folder);
    expect(readdirSync(folder).sort()).toEqual(kept);
  });

  test('a missing folder has none; what is no folder is IO', async () => {
    await expect(removeTemporaries(join(folder, 'absent'))).resolves.toBeUndefined();
    writeFileSync(join(folder, 'file'), '');
    await expect(removeTemporaries(join(folder, 'file'))).rejects.toMatchObject({ code: 'IO' });
  });
});
