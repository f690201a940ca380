import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

const { O_NOFOLLOW, O_RDONLY, O_DIRECTORY } = constants;

/** Waits until what was created, renamed or removed in a folder stays so after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  await syncAndClose(await openFolder(path));
}

/** Waits until a file's bytes stay after a power cut, whoever wrote them. */
export async function syncFile(path: string): Promise<void> {
  await syncAndClose(await open(path, O_RDONLY | O_NOFOLLOW));
}

/** For a folder that is synced later, by its `sync()`. */
export function openFolder(path: string): Promise<FileHandle> {
  return open(path, O_RDONLY | O_DIRECTORY);
}

async function syncAndClose(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
