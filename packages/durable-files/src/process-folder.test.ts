import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeProcessFolder } from './process-folder.js';

let parent: string;

beforeEach(() => {
  parent = join(mkdtempSync(join(tmpdir(), 'process-folder-')), 'waiting');
});
afterEach(() => rmSync(join(parent, '..'), { recursive: true }));

it('makes one of its own, twice if need be, and removes it', async () => {
  const [one, two] = [await makeProcessFolder(parent), await makeProcessFolder(parent)];
  writeFileSync(join(one.path, 'file'), '');
  expect(readdirSync(parent)).toHaveLength(2);
  await one.remove();
  await one.remove();
  expect(existsSync(two.path)).toBe(true);
  await two.remove();
  expect(readdirSync(parent)).toEqual([]);
});

it('removes what killed processes left, and nothing that is not of this kind', async () => {
  const { pid } = spawnSync('true');
  mkdirSync(join(parent, `${pid}.0123456789abcdef/below`), { recursive: true });
  mkdirSync(join(parent, `${process.ppid}.0123456789abcdef`));
  mkdirSync(join(parent, 'other'));
  const own = await makeProcessFolder(parent);
  expect(readdirSync(parent).sort()).toEqual(
    [own.path.slice(parent.length + 1), `${process.ppid}.0123456789abcdef`, 'other'].sort(),
  );
});
