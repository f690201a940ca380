import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemErrorCode } from '@weighbridge/core/errors';
import { type FileKind, kindOf } from '@weighbridge/durable-files/file-kind';
import { saysAbsent } from '@weighbridge/durable-files/io-error';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants;

/** A regular file of the store, opened. */
export interface BlockFile {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
}

/**
 * Opens a regular file, or says what lies there instead: no symlink is followed, no FIFO waited for.
 * @throws the system's error for what is neither opened nor absent
 */
export async function openBlockFile(path: string): Promise<BlockFile | Exclude<FileKind, 'file'> | 'absent'> {
  let handle: FileHandle;
  try {
    handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ELOOP') return 'symlink';
    if (code === 'ENXIO') return 'socket';
    if (saysAbsent(error)) return 'absent';
    throw error;
  }
  try {
    const stats = await handle.stat({ bigint: true });
    const kind = kindOf(stats);
    if (kind === 'file') return { handle, sizeBytes: Number(stats.size) };
    await handle.close();
    return kind;
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
}

/**
 * Reads an opened file whole and closes it; its size is what it had when it was opened.
 * @param into memory that is large enough; the bytes are then a view of it
 */
export async function readAndClose({ handle, sizeBytes }: BlockFile, into?: Uint8Array): Promise<Uint8Array> {
  try {
    const bytes = into ?? new Uint8Array(sizeBytes);
    let filled = 0;
    while (filled < sizeBytes) {
      const { bytesRead } = await handle.read(bytes, filled, sizeBytes - filled, filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled === bytes.length ? bytes : bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
