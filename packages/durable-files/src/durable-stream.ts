import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './durable-sync.js';
import { requireReplaceable } from './durable-write.js';
import { asIoError } from './io-error.js';
import { temporaryName } from './temporary-file.js';

/**
 * Replaces a file by what comes piece by piece, durably: it appears whole or not at all. After a failure no temporary file is left.
 * @returns its size in bytes
 * @throws USAGE, IO; what the source throws
 */
export async function streamDurably(path: string, source: AsyncIterable<Uint8Array>): Promise<number> {
  requireReplaceable(path);
  const temporary = temporaryName(path);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      const bytes = await fill(file, source);
      await file.sync();
      await rename(temporary, path);
      await syncFolder(dirname(path));
      return bytes;
    } finally {
      await file.close();
    }
  } catch (cause) {
    await unlink(temporary).catch(() => {});
    throw asIoError('write', path, cause);
  }
}

async function fill(file: FileHandle, source: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const piece of source) {
    await file.writeFile(piece);
    bytes += piece.length;
  }
  return bytes;
}
