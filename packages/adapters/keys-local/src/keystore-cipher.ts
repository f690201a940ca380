import { scrypt as nodeScrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { fromHex, toHex } from '@weighbridge/core/hex';

/** 32 MiB of memory for a guess; docs/adr/0003-keystore-scrypt.md says why not ethers' 2^17. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1 } as const;
/** What a key file may make us spend: geth's own files take 256 MiB. */
const MAX_MEMORY = 512 * 1024 * 1024;

const derive = promisify<Uint8Array, Uint8Array, number, object, Buffer>(nodeScrypt);

/** Web3 secret storage, version 3, of a private key of 32 bytes. */
export async function encryptKey(privateKey: Uint8Array, address: string, passphrase: string): Promise<string> {
  const { encryptKeystoreJson } = await loadEthers();
  return encryptKeystoreJson({ address, privateKey: `0x${toHex(privateKey)}` }, passphrase, { scrypt: SCRYPT });
}

/**
 * @param json Web3 secret storage, version 3
 * @param location for messages
 * @throws USAGE for a wrong passphrase, which a flipped bit of the encrypted part looks like; MALFORMED
 */
export async function decryptKey(json: string, passphrase: string, location: string): Promise<Uint8Array> {
  const { decryptKeystoreJson } = await loadEthers();
  try {
    const { privateKey } = await decryptKeystoreJson(json, passphrase);
    return fromHex(privateKey.slice(2));
  } catch (cause) {
    throw (cause as { argument?: unknown }).argument === 'password'
      ? wrongPassphrase(location)
      : damagedKeyFile(location, cause);
  }
}

export function damagedKeyFile(location: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${location} is no key file`, {
    hint: 'restore it from a backup, or move it away and make a new key',
    cause,
  });
}

function wrongPassphrase(location: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `the passphrase does not open ${location}`, {
    hint: 'set WEIGHBRIDGE_PASSPHRASE_FILE to the file with the passphrase that the key was made with',
  });
}

async function loadEthers(): Promise<typeof import('ethers/wallet')> {
  const [wallet, { scrypt }] = await Promise.all([import('ethers/wallet'), import('ethers/crypto')]);
  // OpenSSL's takes 0.1 s off the event loop, the built-in JavaScript 10 times that
  scrypt.register(async (passphrase, salt, N, r, p, length) => {
    const memory = 128 * N * r * p;
    if (memory > MAX_MEMORY) throw new RangeError(`scrypt would take ${memory} bytes of memory`);
    return derive(passphrase, salt, length, { N, r, p, maxmem: memory + 1024 * 1024 });
  });
  return wallet;
}
