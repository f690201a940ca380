import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolderDurably } from './durable-folder.js';
import { asIoError, saysAbsent } from './io-error.js';

const NAME = /^([1-9][0-9]{0,9})\.[0-9a-f]{16}$/;
/** Folders of this process. */
const ours = new Set<string>();

/** A folder that belongs to this process until it is removed. */
export interface ProcessFolder {
  readonly path: string;
  /** Never throws. */
  remove(): Promise<void>;
}

/** Makes a folder of this process's own below `parent`; what killed processes left there is removed. @throws IO */
export async function makeProcessFolder(parent: string): Promise<ProcessFolder> {
  await makeFolderDurably(parent, 0o700);
  await removeOrphans(parent);
  const path = join(parent, `${process.pid}.${randomBytes(8).toString('hex')}`);
  ours.add(path);
  await mkdir(path, { mode: 0o700 }).catch((cause: unknown) => {
    throw asIoError('make the folder', path, cause);
  });
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true }).catch(() => {});
      ours.delete(path);
    },
  };
}

/** Removes folders of processes that are gone. One whose number lives on as another's stays until that ends. */
async function removeOrphans(parent: string): Promise<void> {
  try {
    for (const name of await readdir(parent)) {
      const path = join(parent, name);
      const pid = NAME.exec(name)?.[1];
      if (pid !== undefined && !ours.has(path) && !isAlive(Number(pid)))
        await rm(path, { recursive: true, force: true });
    }
  } catch (cause) {
    if (!saysAbsent(cause)) throw asIoError('remove what was left in', parent, cause);
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
