import {
  type BigIntStats,
  constants,
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  type PathLike,
  statSync,
} from 'node:fs';
import { systemErrorCode } from '@weighbridge/core/errors';
import { type FileKind, kindOf } from '@weighbridge/durable-files/file-kind';
import { saysAbsent } from '@weighbridge/durable-files/io-error';

export interface OpenedRegularFile {
  readonly fd: number;
  readonly stats: BigIntStats;
}

/**
 * Opens a regular file for reading, or says what lies there instead. Nothing else is ever opened, and the flags
 * keep a FIFO that takes the file's place in between from blocking and a terminal from becoming ours.
 *
 * Synchronous: to look at, open and close a local file takes 17 µs of CPU so, and 200 µs through the thread pool.
 * @param symlinks whether a symlink in the last part of the path is followed
 * @throws the system's error for what is neither opened nor absent
 */
export function openRegularFile(
  path: PathLike,
  symlinks: 'follow' | 'refuse',
): OpenedRegularFile | Exclude<FileKind, 'file'> | 'absent' {
  const { O_RDONLY, O_NONBLOCK, O_NOCTTY, O_NOFOLLOW } = constants;
  const follow = symlinks === 'follow';
  let fd: number | undefined;
  try {
    const kind = kindOf((follow ? statSync : lstatSync)(path, { bigint: true }));
    if (kind !== 'file') return kind;
    fd = openSync(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
    const stats = fstatSync(fd, { bigint: true });
    if (stats.isFile()) return { fd, stats };
    closeSync(fd);
    return kindOf(stats) as Exclude<FileKind, 'file'>;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    // A symlink that came after lstat, and a socket, cannot be opened with these flags.
    if (systemErrorCode(error) === 'ELOOP' && !follow) return 'symlink';
    if (systemErrorCode(error) === 'ENXIO') return 'socket';
    if (saysAbsent(error)) return 'absent';
    throw error;
  }
}
