import { randomBytes } from 'node:crypto';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';

/**
 * Makes a file (0600) and its folder (0700), durably, and never over another: temporary file, fsync, link, fsync of
 * the folder.
 * @returns false when there is such a file
 * @throws IO
 */
export async function createDurably(path: string, content: string): Promise<boolean> {
  return asIo(path, async () => {
    await makeFolder(dirname(path));
    const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeSynced(temporary, content);
      if (!(await linkOnce(temporary, path))) return false;
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(dirname(path));
    return true;
  });
}

async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  for (let made = path; first !== undefined && made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
}

/** Turns system errors about a path into IO. */
export async function asIo<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (systemErrorCode(cause) === undefined) throw cause;
    throw new WeighbridgeError('IO', `${path}: ${(cause as Error).message}`, {
      hint: "check the permissions and the free space of the home folder's keys",
      cause,
    });
  }
}

async function writeSynced(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
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

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
