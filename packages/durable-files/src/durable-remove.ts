import { unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '@weighbridge/core/errors';
import { syncFolder } from './durable-sync.js';
import { asIoError } from './io-error.js';

/** Removes a file so that it stays away after a power cut; does nothing when it is absent. @throws IO */
export async function removeDurably(path: string): Promise<void> {
  try {
    if (await unlinkOnce(path)) await syncFolder(dirname(path));
  } catch (cause) {
    throw asIoError('remove', path, cause);
  }
}

async function unlinkOnce(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
