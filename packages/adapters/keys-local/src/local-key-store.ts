import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Address } from '@weighbridge/core/brands';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { fromHex } from '@weighbridge/core/hex';
import { parseJson } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { isName } from '@weighbridge/core/names';
import { createDurably } from '@weighbridge/durable-files/durable-create';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { asIoError } from '@weighbridge/durable-files/io-error';
import type { KeyStore, StoredKey } from '@weighbridge/ports/key-store';
import { toAddress } from '@weighbridge/verify/signatures';
import { damagedKeyFile, decryptKey, encryptKey } from './keystore-cipher.js';
import { createLocalSigner } from './local-signer.js';

export interface LocalKeyStoreOptions {
  /** One Web3 secret storage file per key, `<name>.json`; the folder is made with the first key. */
  readonly folder: string;
  /** Asked for when a key is made or unlocked, never to list. @throws USAGE when there is none */
  readonly passphrase: () => Promise<string>;
}

const SUFFIX = '.json';
const MAX_BYTES = 16 * 1024;
const HEX_ADDRESS = /^(?:0x)?([0-9a-fA-F]{40})$/;

/** Keys in encrypted files of a folder (0700, files 0600). */
export function createKeyStore({ folder, passphrase }: LocalKeyStoreOptions): KeyStore {
  const pathOf = (name: string) => join(folder, `${name}${SUFFIX}`);
  return {
    async list() {
      const names = await namesIn(folder);
      return Promise.all(names.map(async (name) => ({ name, address: (await readKeyFile(pathOf(name))).address })));
    },
    async create(name) {
      if (!isName(name)) throw noName(name);
      if ((await namesIn(folder)).includes(name)) throw taken(name);
      const key = await makeKey(name, await passphrase());
      await makeFolderDurably(folder, 0o700);
      if (!(await createDurably(pathOf(name), Buffer.from(key.json), 0o600))) throw taken(name);
      return key.stored;
    },
    async unlock(name) {
      const path = pathOf(name);
      if (!isName(name) || !(await namesIn(folder)).includes(name)) throw unknownKey(name);
      const { json, address } = await readKeyFile(path);
      const signer = createLocalSigner(await decryptKey(json, await passphrase(), path));
      if (signer.address !== address) throw damagedKeyFile(path);
      return signer;
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const files = (await readdir(folder)).filter((file) => file.endsWith(SUFFIX));
    return files
      .map((file) => file.slice(0, -SUFFIX.length))
      .filter(isName)
      .sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asIoError('list', folder, error);
  }
}

async function makeKey(name: string, passphrase: string): Promise<{ json: string; stored: StoredKey }> {
  const privateKey = secp256k1.utils.randomSecretKey(randomBytes(48));
  const { address } = createLocalSigner(privateKey);
  return { json: await encryptKey(privateKey, address, passphrase), stored: { name, address } };
}

/** @throws MALFORMED when it is no key file; IO */
async function readKeyFile(path: string): Promise<{ json: string; address: Address }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw asIoError('read', path, cause);
  });
  try {
    const members = Members.of(parseJson(bytes, path, { maxBytes: MAX_BYTES }), path);
    members.integer('version', 3, 3);
    const address = members.parsed('address', 'an address', (text) => HEX_ADDRESS.exec(text)?.[1]);
    return { json: bytes.toString('utf8'), address: toAddress(fromHex(address.toLowerCase())) };
  } catch (cause) {
    throw damagedKeyFile(path, cause);
  }
}

function noName(name: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${JSON.stringify(name)} is no name of a key`, {
    hint: 'use lower-case letters, digits, ".", "_" and "-", beginning and ending with a letter or digit',
  });
}

function taken(name: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `there is a key ${name} already`, {
    hint: 'use another name; a key is never replaced',
  });
}

function unknownKey(name: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `there is no key ${JSON.stringify(name)}`, {
    hint: 'see which there are: weighbridge key list; or make it: weighbridge key new NAME',
  });
}
