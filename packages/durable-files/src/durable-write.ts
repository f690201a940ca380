import { lstatSync, readlinkSync, statSync } from 'node:fs';
import { type FileHandle, rename, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { openFolder } from './durable-sync.js';
import { type FileKind, kindOf } from './file-kind.js';
import { asIoError, saysAbsent } from './io-error.js';
import { requireParentFolder } from './parent-folder.js';
import { type TemporaryFileOptions, writeTemporary } from './temporary-file.js';

/**
 * Replaces a file so that after a power cut either the old or the new one is there, whole: temporary file in the
 * same folder, full write, fsync, read back, rename, fsync of the folder. When it returns the new one stays.
 * A symlink at the name is replaced, not followed. After a failure or an abort no temporary file is left.
 * @throws USAGE when the folder is missing or something that is no file has the name; IO; the signal's reason
 */
export async function writeDurably(path: string, bytes: Uint8Array, options: TemporaryFileOptions = {}): Promise<void> {
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
  options: TemporaryFileOptions,
): Promise<void> {
  const temporary = await writeTemporary(path, bytes, options);
  try {
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
  await folder.sync();
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
function kindBehind(path: string): FileKind | 'absent' {
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
