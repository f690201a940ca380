import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isWithin } from './is-within.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'is-within-'));
  mkdirSync(join(root, 'a/b'), { recursive: true });
  mkdirSync(join(root, 'ab'));
  writeFileSync(join(root, 'file'), '');
  symlinkSync('a', join(root, 'link'));
});
afterAll(() => rmSync(root, { recursive: true }));

it.each([
  ['a', 'a', true],
  ['a', 'a/', true],
  ['a', 'a/new', true],
  ['a', 'a/b/new/newer', true],
  ['a', 'link/new', true],
  ['link', 'a/new', true],
  ['a', 'ab', false],
  ['a', 'ab/new', false],
  ['a', 'new', false],
  ['a', 'a/../new', false],
  ['a/b', 'a', false],
  ['file', 'file', true],
  ['file', 'file/new', false],
  ['file', 'file2', false],
  ['none', 'none/new', false],
])('in %s: %s is %s', (folder, path, expected) => {
  expect(isWithin(join(root, folder), `${root}/${path}`)).toBe(expected);
});

it('everything is within the root', () => {
  expect(isWithin('/', join(root, 'new'))).toBe(true);
});
