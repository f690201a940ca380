import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual } from '@weighbridge/core/hex';
import { asIoError } from './io-error.js';
import { readUpTo } from './read-up-to.js';

export interface TemporaryFileOptions {
  /** Permission bits; default 0666 less the umask. */
  readonly mode?: number;
  readonly signal?: AbortSignal;
}

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
/** Keeps the temporary name below the 255 bytes of a name, whatever the final one is. */
const SHOWN_NAME_LENGTH = 48;
/** Small enough that an abort is noticed soon. */
const WRITE_BYTES = 1024 * 1024;
const TEMPORARY = /^\..+\.[0-9a-f]{16}\.tmp$/;

/** A new name beside a file, which readers pass over. */
export function temporaryName(path: string): string {
  const shown = [...basename(path)].slice(0, SHOWN_NAME_LENGTH).join('');
  return join(dirname(path), `.${shown}.${randomBytes(8).toString('hex')}.tmp`);
}

/**
 * Writes a temporary file beside `path`: full write, mode, fsync, read back. After a failure or an abort none is left.
 * @returns its path
 * @throws the system's error; IO when it reads back otherwise; the signal's reason
 */
export async function writeTemporary(path: string, bytes: Uint8Array, options: TemporaryFileOptions): Promise<string> {
  options.signal?.throwIfAborted();
  const temporary = temporaryName(path);
  // 0600 until it is whole: nobody reads a half-written key or state.
  const file = await open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      await fill(file, bytes, options);
    } finally {
      await file.close();
    }
    options.signal?.throwIfAborted();
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  return temporary;
}

/** After a failed fsync the file is thrown away, never synced again: the kernel may have dropped the dirty pages. */
async function fill(file: FileHandle, bytes: Uint8Array, { mode, signal }: TemporaryFileOptions): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    signal?.throwIfAborted();
    at += (await file.write(bytes, at, Math.min(WRITE_BYTES, bytes.length - at), at)).bytesWritten;
  }
  await file.chmod(mode ?? 0o666 & ~process.umask());
  await file.sync();
  if (!bytesEqual(await readUpTo(file.fd, bytes.length + 1), bytes)) throw wrongReadBack();
}

function wrongReadBack(): WeighbridgeError {
  return new WeighbridgeError('IO', 'a file read back differs from what was written', {
    hint: 'check the disk and the kernel log, and do not trust this disk',
  });
}

/**
 * Removes what writers that were killed left half-written; a missing folder has none. Only for the folder's one writer.
 * @throws IO
 */
export async function removeTemporaries(folder: string): Promise<void> {
  try {
    const names = (await readdir(folder)).filter((name) => TEMPORARY.test(name));
    await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
  } catch (cause) {
    if (systemErrorCode(cause) !== 'ENOENT') throw asIoError('remove temporary files of', folder, cause);
  }
}
