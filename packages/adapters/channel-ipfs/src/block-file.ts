import { closeSync, constants, fstatSync, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { type FileKind, kindOf } from '@weighbridge/durable-files/file-kind';
import { whatRefused } from '@weighbridge/durable-files/regular-file';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;
const readFrom = promisify(read);

/** A regular file of the store, opened. */
export interface BlockFile {
  readonly fd: number;
  readonly sizeBytes: number;
}

/**
 * Opens a regular file, or says what lies there instead: no symlink is followed, no FIFO waited for.
 *
 * Synchronous, as it is for every MiB of weights: to open and look at a local file takes 15 µs so, and 300 µs of CPU through
 * the thread pool.
 * @throws the system's error for what is neither opened nor absent
 */
export function openBlockFile(path: string): BlockFile | Exclude<FileKind, 'file'> | 'absent' {
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    return whatRefused(error);
  }
  try {
    const stats = fstatSync(fd, { bigint: true });
    const kind = kindOf(stats);
    if (kind === 'file') return { fd, sizeBytes: Number(stats.size) };
    closeSync(fd);
    return kind;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * Reads an opened file whole and closes it; its size is what it had when it was opened.
 * @param into memory that is large enough; the bytes are then a view of it
 */
export async function readAndClose({ fd, sizeBytes }: BlockFile, into?: Uint8Array): Promise<Uint8Array> {
  try {
    const bytes = into ?? new Uint8Array(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      const { bytesRead } = await readFrom(fd, bytes, filled, sizeBytes - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === bytes.length ? bytes : bytes.subarray(0, filled);
  } finally {
    closeSync(fd);
  }
}
