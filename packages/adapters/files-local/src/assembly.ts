import { constants, readSync } from 'node:fs';
import { copyFile, type FileHandle, lstat, mkdir, open, rename, rmdir, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RelativePath } from '@weighbridge/core/brands';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { METADATA_FOLDER, showPath } from '@weighbridge/core/paths';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError } from '@weighbridge/durable-files/io-error';
import type { FetchedFile } from '@weighbridge/ports/fetch-place';

/** Beside the chunks: folders, metadata, what the file system needs for itself. */
const ROOM_BESIDE_BYTES = 4 * CHUNK_BYTES;
const READ_AGAIN = 'somebody else writes there: stop that, then run the same command again';

/**
 * A release folder that is written chunk by chunk. No symlink below `root` is ever followed: what lies in the way and is no
 * regular file is replaced, and so is a second name of somebody else's file.
 */
export class Assembly {
  private readonly folders = new Set<string>();

  /** @param root exists; absolute */
  constructor(private readonly root: string) {}

  async requireRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await this.io('look at', '', () => statfs(this.root));
    const free = bavail * bsize;
    if (free >= bytes + ROOM_BESIDE_BYTES) return;
    throw new WeighbridgeError('IO', `the disk of ${showPath(this.root)} has ${free} bytes free, ${bytes} are needed`, {
      hint: 'free some space, then run the same command again',
      details: { file: showPath(this.root), expected: String(bytes), found: String(free) },
    });
  }

  async open(path: RelativePath, sizeBytes: number): Promise<FetchedFile> {
    return this.io('write', path, async () => {
      const file = await this.place(path);
      const { handle, isNew } = await openOwn(file);
      try {
        const { size } = await handle.stat();
        if (size !== sizeBytes) await handle.truncate(sizeBytes);
        return this.fetchedFile(path, handle, sizeBytes, isNew);
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  async putMetadata(path: string, bytes: Uint8Array): Promise<void> {
    const file = await this.io('write', path, () => this.place(`${METADATA_FOLDER}/${path}`));
    await writeDurably(file, bytes, { mode: 0o644 });
  }

  /** Makes the names of everything that was written stay after a power cut. */
  async syncFolders(): Promise<void> {
    for (const folder of [...this.folders, this.root]) await this.io('write', folder, () => syncFolder(folder));
  }

  private fetchedFile(path: string, handle: FileHandle, sizeBytes: number, isNew: boolean): FetchedFile {
    return {
      fd: handle.fd,
      sizeBytes,
      isNew,
      readInto: (offset, into) => readWhole(handle.fd, into, offset, join(this.root, path)),
      write: (index, chunk) => this.io('write', path, () => writeWhole(handle, chunk, index * CHUNK_BYTES)),
      sync: () => this.io('write', path, () => handle.datasync()),
      close: () => this.io('write', path, () => handle.close()),
    };
  }

  /** The absolute path of an entry whose folders are there, real ones, all of them. */
  private async place(path: string): Promise<string> {
    const file = join(this.root, path);
    const missing: string[] = [];
    for (let folder = dirname(file); folder !== this.root; folder = dirname(folder)) missing.unshift(folder);
    for (const folder of missing) {
      if (this.folders.has(folder)) continue;
      await makeRealFolder(folder);
      this.folders.add(folder);
    }
    return file;
  }

  private async io<T>(action: string, path: string, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (cause) {
      throw asIoError(action, path === '' ? this.root : join(this.root, path), cause);
    }
  }
}

async function makeRealFolder(folder: string): Promise<void> {
  const stats = await lstatOrNothing(folder);
  if (stats?.isDirectory() === true) return;
  if (stats !== undefined) {
    throw new WeighbridgeError('TAMPERED', `${showPath(folder)} is in the way: it is no folder`, {
      hint: 'remove it, then run the same command again',
      details: { file: showPath(folder) },
    });
  }
  try {
    await mkdir(folder, { mode: 0o755 });
  } catch (error) {
    // Another file of the same folder is opened at the same time.
    if (systemErrorCode(error) !== 'EEXIST') throw error;
    await makeRealFolder(folder);
  }
}

/** Opens a file that has no other name and is no symlink, FIFO or folder; makes it where there is none. */
async function openOwn(file: string): Promise<{ handle: FileHandle; isNew: boolean }> {
  const stats = await lstatOrNothing(file);
  if (stats?.isDirectory() === true) await rmdir(file);
  else if (stats !== undefined && !stats.isFile()) await unlink(file);
  else if (stats !== undefined && stats.nlink > 1) await breakLink(file);
  const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
  const isThere = stats?.isFile() === true;
  const flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | (isThere ? 0 : O_CREAT | O_EXCL);
  return { handle: await open(file, flags, 0o644), isNew: !isThere };
}

async function breakLink(file: string): Promise<void> {
  const copy = `${file}.weighbridge-partial`;
  await copyFile(file, copy, constants.COPYFILE_FICLONE);
  await rename(copy, file);
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let have = 0; have < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, have, bytes.length - have, at + have);
    have += bytesWritten;
  }
}

function readWhole(fd: number, into: Uint8Array, at: number, shown: string): void {
  try {
    for (let have = 0; have < into.length; ) {
      const got = readSync(fd, into, have, into.length - have, at + have);
      if (got === 0) throw new WeighbridgeError('IO', `${showPath(shown)} ends too early`, { hint: READ_AGAIN });
      have += got;
    }
  } catch (cause) {
    throw asIoError('read', shown, cause);
  }
}

async function lstatOrNothing(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
