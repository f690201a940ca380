import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { syncFolder } from './durable-sync.js';
import { asIoError } from './io-error.js';

/**
 * Makes a folder and its missing parents so that they stay after a power cut; an existing one is left as it is.
 * @throws IO
 */
export async function makeFolderDurably(path: string, mode: number): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true, mode });
    if (first !== undefined) await syncChain(dirname(resolve(first)), resolve(path));
  } catch (cause) {
    throw asIoError('make the folder', path, cause);
  }
}

/** Each new folder's name lies in its parent, so all of them from `top` down to the last one's parent are synced. */
async function syncChain(top: string, path: string): Promise<void> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === top) return;
  }
}
