import { link, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '@weighbridge/core/errors';
import { syncFolder } from './durable-sync.js';
import { asIoError } from './io-error.js';
import { writeTemporary } from './temporary-file.js';

/**
 * Makes a file so that after a power cut it is there whole or not at all, and never over another: temporary file,
 * fsync, link, fsync of the folder. When it returns true the file stays.
 * @param mode permission bits
 * @returns false when something has the name already; that is left as it is
 * @throws IO
 */
export async function createDurably(path: string, bytes: Uint8Array, mode: number): Promise<boolean> {
  try {
    const temporary = await writeTemporary(path, bytes, { mode });
    try {
      if (!(await linkOnce(temporary, path))) return false;
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(dirname(path));
    return true;
  } catch (cause) {
    throw asIoError('make', path, cause);
  }
}

async function linkOnce(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}
