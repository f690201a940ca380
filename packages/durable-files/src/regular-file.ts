import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemErrorCode } from '@weighbridge/core/errors';
import { type FileKind, kindOf } from './file-kind.js';
import { saysAbsent } from './io-error.js';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

export interface RegularFile {
  readonly handle: FileHandle;
  /** When it was opened. */
  readonly sizeBytes: number;
  readonly linkCount: number;
}

/**
 * Opens a regular file for reading, or says what lies there instead: no symlink is followed, no FIFO waited for.
 * @throws the system's error for what is neither opened nor absent
 */
export async function openRegular(path: string): Promise<RegularFile | Exclude<FileKind, 'file'> | 'absent'> {
  let handle: FileHandle;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    return whatRefused(error);
  }
  try {
    const stats = await handle.stat({ bigint: true });
    const kind = kindOf(stats);
    if (kind === 'file') return { handle, sizeBytes: Number(stats.size), linkCount: Number(stats.nlink) };
    await handle.close();
    return kind;
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
}

/** What lies where a file was to be opened without following symlinks or waiting. @throws the error when it says nothing of that */
export function whatRefused(error: unknown): 'symlink' | 'socket' | 'absent' {
  const code = systemErrorCode(error);
  if (code === 'ELOOP') return 'symlink';
  if (code === 'ENXIO') return 'socket';
  if (saysAbsent(error)) return 'absent';
  throw error;
}
