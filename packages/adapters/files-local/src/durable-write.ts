import { randomBytes } from 'node:crypto';
import { constants, lstatSync, readlinkSync, statSync } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { readUpTo } from './bounded-read.js';
import { asIoError, saysAbsent } from './io-error.js';
import { kindOf } from './regular-file.js';
import { requireParentFolder } from './parent-folder.js';

export interface DurableWriteOptions {
  /** Permission bits; default 0666 less the umask. */
  readonly mode?: number;
  readonly signal?: AbortSignal;
}

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_DIRECTORY } = constants;
/** Keeps the temporary name below the 255 bytes of a name, whatever the final one is. */
const SHOWN_NAME_LENGTH = 48;
/** Small enough that an abort is noticed soon. */
const WRITE_BYTES = 1024 * 1024;

/**
 * Replaces a file so that after a power cut either the old or the new one is there, whole: temporary file in the
 * same folder, full write, fsync, read back, rename, fsync of the folder. When it returns the new one stays.
 * A symlink at the name is replaced, not followed. After a failure or an abort no temporary file is left.
 * @throws USAGE when the folder is missing or something that is no file has the name; IO; the signal's reason
 */
export async function writeDurably(path: string, bytes: Uint8Array, options: DurableWriteOptions = {}): Promise<void> {
  requireReplaceable(path);
  try {
    // Opened first: a folder that cannot be fsynced is found out before anything is replaced.
    const folder = await openFolder(dirname(path));
    try {
      await replaceIn(folder, path, bytes, options);
    } finally {
      await folder.close();
    }
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}

async function replaceIn(
  folder: FileHandle,
  path: string,
  bytes: Uint8Array,
  options: DurableWriteOptions,
): Promise<void> {
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
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await folder.sync();
}

/** After a failed fsync the file is thrown away, never synced again: the kernel may have dropped the dirty pages. */
async function fill(file: FileHandle, bytes: Uint8Array, { mode, signal }: DurableWriteOptions): Promise<void> {
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

/** Waits until what was created, renamed or removed in a folder stays so after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  await syncAndClose(await openFolder(path));
}

/** Waits until a file's bytes stay after a power cut, whoever wrote them. */
export async function syncFile(path: string): Promise<void> {
  await syncAndClose(await open(path, O_RDONLY | O_NOFOLLOW));
}

async function syncAndClose(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function openFolder(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_DIRECTORY);
}

function temporaryName(path: string): string {
  const shown = [...basename(path)].slice(0, SHOWN_NAME_LENGTH).join('');
  return join(dirname(path), `.${shown}.${randomBytes(8).toString('hex')}.tmp`);
}

/** @throws USAGE, IO */
export function requireReplaceable(path: string): void {
  requireParentFolder(path);
  try {
    const kind = path.endsWith('/') ? 'folder' : kindOf(lstatSync(path, { bigint: true }));
    const final = kind === 'symlink' ? kindBehind(path) : kind;
    if (final !== 'file' && final !== 'absent') throw notReplaceable(path, `is a ${final}`);
  } catch (cause) {
    if (!saysAbsent(cause)) throw asIoError('look at', path, cause);
    if (basename(path).length > 0 && (cause as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw notReplaceable(path, 'cannot be the name of a file');
  }
}

/** A link to a file or to nothing is replaced; one to a folder, or to what a process has open, was not meant to be. */
function kindBehind(path: string): ReturnType<typeof kindOf> | 'absent' {
  if (readlinkSync(path).startsWith('/proc/')) return 'device';
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats === undefined ? 'absent' : kindOf(stats);
}

function notReplaceable(path: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(path)} ${problem}, no file that could be replaced`, {
    hint: 'name a file, existing or new',
    details: { file: showPath(path) },
  });
}
