import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { createDurably } from '@weighbridge/durable-files/durable-create';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { asIoError } from '@weighbridge/durable-files/io-error';

export interface PassphraseSource {
  /** The file that WEIGHBRIDGE_PASSPHRASE_FILE names. */
  readonly file?: string | undefined;
  /** The home folder. */
  readonly home: string;
  /** In the embedded profile the home keeps a random passphrase of its own. */
  readonly embedded: boolean;
  /** Whether that one may be made; only by the home's writer. */
  readonly create: boolean;
}

const MAX_BYTES = 4096;

/**
 * The passphrase of the keys: the first line of a named file, else the embedded profile's own.
 * @throws USAGE when there is none; IO when its file cannot be read
 */
export async function readPassphrase({ file, home, embedded, create }: PassphraseSource): Promise<string> {
  if (file !== undefined) return (await readFirstLine(file)) ?? refuse(`the passphrase file ${file} is not there`);
  if (!embedded) return refuse('the keys need a passphrase');
  const own = join(home, 'keys', 'passphrase');
  const known = await readFirstLine(own);
  if (known !== undefined) return known;
  if (!create || (await hasKeys(home))) return refuse(`the passphrase file ${own} is not there`);
  await makeFolderDurably(dirname(own), 0o700);
  await createDurably(own, Buffer.from(`${randomBytes(32).toString('base64url')}\n`), 0o600);
  return (await readFirstLine(own)) ?? refuse(`the passphrase file ${own} is gone`);
}

/** A new passphrase would not open the keys that are there. */
async function hasKeys(home: string): Promise<boolean> {
  try {
    return (await readdir(join(home, 'keys'))).some((name) => name.endsWith('.json'));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function readFirstLine(path: string): Promise<string | undefined> {
  try {
    // a FIFO must not block
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return await firstLineOf(file, path);
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw asIoError('read', path, error);
  }
}

async function firstLineOf(file: FileHandle, path: string): Promise<string> {
  if (!(await file.stat()).isFile()) return refuse(`the passphrase file ${path} is no regular file`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES + 1), 0, MAX_BYTES + 1, 0);
  const line = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0] ?? '';
  if (line === '') return refuse(`the passphrase file ${path} begins with an empty line`);
  if (bytesRead > MAX_BYTES && Buffer.byteLength(line) > MAX_BYTES) {
    return refuse(`the passphrase file ${path} has a first line of more than ${MAX_BYTES} bytes`);
  }
  return line;
}

function refuse(problem: string): never {
  throw new WeighbridgeError('USAGE', problem, {
    hint: 'write the passphrase into a file that only you can read and set WEIGHBRIDGE_PASSPHRASE_FILE to its path',
  });
}
