import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decryptKeystoreJsonSync, encryptKeystoreJsonSync, Wallet } from 'ethers/wallet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKeyStore } from './local-key-store.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weighbridge-keys-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const open = (passphrase = 'right') =>
  createKeyStore({ folder: join(home, 'keys'), passphrase: async () => passphrase });
const fileOf = (name: string) => join(home, 'keys', `${name}.json`);

describe('the files', () => {
  test('are for their owner alone, and nothing else is left beside them', async () => {
    await open().create('publisher');
    expect(statSync(join(home, 'keys')).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf('publisher')).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(home, 'keys'))).toEqual(['publisher.json']);
  });

  test('are Web3 secret storage version 3 that others open, with scrypt N = 2^15', async () => {
    const { address } = await open('pass').create('publisher');
    const json = readFileSync(fileOf('publisher'), 'utf8');
    const content = JSON.parse(json);
    expect(content).toMatchObject({
      version: 3,
      Crypto: { cipher: 'aes-128-ctr', kdf: 'scrypt', kdfparams: { n: 32768, r: 8, p: 1 } },
    });
    expect(decryptKeystoreJsonSync(json, 'pass').address).toBe(address);
  });

  test('hold no private key that can be read', async () => {
    await open('pass').create('publisher');
    const json = readFileSync(fileOf('publisher'), 'utf8');
    const { privateKey } = decryptKeystoreJsonSync(json, 'pass');
    expect(json).not.toContain(privateKey.slice(2));
  });

  test('of others are opened', async () => {
    await open().create('mine');
    const wallet = Wallet.createRandom();
    writeFileSync(
      fileOf('theirs'),
      encryptKeystoreJsonSync({ address: wallet.address, privateKey: wallet.privateKey }, 'right', {
        scrypt: { N: 1024 },
      }),
    );
    expect((await open().unlock('theirs')).address).toBe(wallet.address);
  });

  test('that are not keys of ours are passed over', async () => {
    const { address } = await open().create('a');
    for (const name of ['passphrase', '.b.json.0011.tmp', 'Upper.json', 'README.md'])
      writeFileSync(join(home, 'keys', name), 'x');
    expect(await open().list()).toEqual([{ name: 'a', address }]);
  });
});

describe('damage', () => {
  test.each([
    ['another address', (text: string) => text.replace(/"address":"[0-9a-f]{2}/, '"address":"00')],
    ['another cipher', (text: string) => text.replace('aes-128-ctr', 'aes-128-xyz')],
    ['another derivation', (text: string) => text.replace('"scrypt"', '"scrypz"')],
    ['a derivation that takes 128 GiB', (text: string) => text.replace('"n":32768', '"n":134217728')],
    ['no ciphertext', (text: string) => text.replace('"ciphertext"', '"ciphertexd"')],
    ['a missing end', (text: string) => text.slice(0, -1)],
    ['too much', (text: string) => text.padEnd(20_000)],
  ])('%s is MALFORMED', async (_, damage) => {
    await open().create('a');
    const before = readFileSync(fileOf('a'), 'utf8');
    writeFileSync(fileOf('a'), damage(before));
    expect(readFileSync(fileOf('a'), 'utf8')).not.toBe(before);
    await expect(open().unlock('a')).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});

test('nothing imports ethers before it is needed', () => {
  const sources = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.includes('.test.'));
  expect(sources.length).toBeGreaterThan(3);
  for (const name of sources) {
    expect(readFileSync(join(import.meta.dirname, name), 'utf8'), name).not.toMatch(/^import .*ethers/m);
  }
});
