import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ClaimSalts, createFileClaimSalts, createMemoryClaimSalts } from './claim-salts.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weighbridge-salts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each<[string, () => ClaimSalts]>([
  ['files', () => createFileClaimSalts(folder, 'embedded')],
  ['memory', createMemoryClaimSalts],
])('salts in %s', (_, open) => {
  test('are one for a claim, until it is forgotten', async () => {
    const salts = open();
    const salt = await salts.saltFor('claim a');
    expect(salt).toMatch(/^[0-9a-f]{64}$/);
    expect(await salts.saltFor('claim a')).toBe(salt);
    expect(await salts.saltFor('claim b')).not.toBe(salt);
    await salts.forget('claim a');
    await salts.forget('claim a');
    expect(await salts.saltFor('claim a')).not.toBe(salt);
  });
});

describe('salts in files', () => {
  const open = (chain = 'embedded') => createFileClaimSalts(folder, chain);
  const file = () => join(folder, 'claims', readdirSync(join(folder, 'claims'))[0]!);

  test('are there for those who come later, for their owner alone', async () => {
    const salt = await open().saltFor('claim');
    expect(await open().saltFor('claim')).toBe(salt);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(), 'utf8')).toContain(salt);
  });

  test('of one chain are not those of another', async () => {
    expect(await open('1').saltFor('claim')).not.toBe(await open('2').saltFor('claim'));
  });

  test('do not show what is claimed', async () => {
    await open().saltFor('a secret name');
    expect(file() + readFileSync(file(), 'utf8')).not.toContain('secret');
  });

  test('to forget where there are none does no harm', async () => {
    await open().forget('claim');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('that are damaged are MALFORMED', async () => {
    await open().saltFor('claim');
    writeFileSync(file(), '{}');
    await expect(open().saltFor('claim')).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});
