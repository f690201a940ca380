import { randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';

/** Replaces a file as a whole: after a power cut there is the old one or the new one. @throws IO */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await asIo(path, async () => {
    const temporary = await writeTemporary(path, content);
    await rename(temporary, path);
    await syncFolder(dirname(path));
  });
}

/** As `replaceFile`, for a file that must not be there yet. @returns false when it is */
export async function createFile(path: string, content: string | Uint8Array): Promise<boolean> {
  return asIo(path, async () => {
    const temporary = await writeTemporary(path, content);
    try {
      await link(temporary, path);
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw error;
    } finally {
      await unlink(temporary);
    }
    await syncFolder(dirname(path));
    return true;
  });
}

/** Gives a file a second name, which it takes from another file if need be. @throws IO */
export async function keepAs(path: string, otherPath: string): Promise<void> {
  await asIo(otherPath, async () => {
    const temporary = temporaryFor(otherPath);
    await link(path, temporary);
    await rename(temporary, otherPath);
    // renaming a name of a file onto another name of it does nothing
    await rm(temporary, { force: true });
  });
}

/** Durable; does nothing when the file is absent. @throws IO */
export async function removeFile(path: string): Promise<void> {
  await asIo(path, async () => {
    try {
      await unlink(path);
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return;
      throw error;
    }
    await syncFolder(dirname(path));
  });
}

const TEMPORARY = /^\..+\.[0-9a-f]{12}\.tmp$/;

/** Removes what writers that were killed left half-written. Only for the folder's one writer. @throws IO */
export async function removeTemporaries(folder: string): Promise<void> {
  await asIo(folder, async () => {
    try {
      const names = (await readdir(folder)).filter((name) => TEMPORARY.test(name));
      await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
    }
  });
}

/** Makes a folder (0700) and those above it that are missing, durably. @throws IO */
export async function makeFolder(path: string): Promise<void> {
  await asIo(path, async () => {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) {
      await syncFolder(dirname(made));
    }
  });
}

export async function asIo<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    throw new WeighbridgeError('IO', `${path}: ${(cause as Error).message}`, {
      hint: 'check permissions and free space of the home folder',
      cause,
    });
  }
}

async function writeTemporary(path: string, content: string | Uint8Array): Promise<string> {
  const temporary = temporaryFor(path);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await file.close();
  return temporary;
}

function temporaryFor(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

async function syncFolder(folder: string): Promise<void> {
  const handle: FileHandle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
