import { link, rename, rm } from 'node:fs/promises';
import { asIoError } from './io-error.js';
import { temporaryName } from './temporary-file.js';

/**
 * Gives a file a second name in a folder of the same file system, taken from another file if need be, so that it
 * stays when its first name goes to a new file. The name is durable with the next sync of its folder.
 * @throws IO
 */
export async function keepAs(path: string, otherPath: string): Promise<void> {
  const temporary = temporaryName(otherPath);
  try {
    await link(path, temporary);
    try {
      await rename(temporary, otherPath);
    } finally {
      // Renaming a name of a file onto another name of it does nothing.
      await rm(temporary, { force: true });
    }
  } catch (cause) {
    throw asIoError('keep a file as', otherPath, cause);
  }
}
