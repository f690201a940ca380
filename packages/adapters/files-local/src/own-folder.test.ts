import { chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireOwnFolder } from './own-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'own-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const refused = expect.objectContaining({ code: 'TAMPERED' });

test('a folder of this user', () => {
  mkdirSync(join(folder, 'a'));
  expect(() => requireOwnFolder(join(folder, 'a'))).not.toThrow();
});

test('a symlink to one, and a file: TAMPERED', () => {
  mkdirSync(join(folder, 'a'));
  symlinkSync('a', join(folder, 'link'));
  writeFileSync(join(folder, 'file'), '');
  for (const name of ['link', 'file']) expect(() => requireOwnFolder(join(folder, name))).toThrowError(refused);
});

test('a folder of another user: TAMPERED', () => {
  // whoever runs this: root gives a folder away, others look at one of root's
  const isRoot = process.geteuid!() === 0;
  const other = isRoot ? join(folder, 'a') : '/usr';
  if (isRoot) {
    mkdirSync(other);
    chownSync(other, 12_345, 12_345);
  }
  expect(() => requireOwnFolder(other)).toThrowError(refused);
});
