import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { makeProcessFolder } from '@weighbridge/durable-files/process-folder';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
/** Bytes after which the disk is set to work, so that the last sync has little left to do. */
const SYNC_EVERY_BYTES = 32 * 1024 * 1024;

/** Files of one publication that wait for their place. */
export interface WaitingFiles {
  newFile(): Promise<WaitingFile>;
  /** A file of the publication's own, for git; not synced. @throws IO */
  put(bytes: Uint8Array): Promise<string>;
  /** A name for a file that someone else makes there. */
  newPath(): string;
  /** Removes all of them. Never throws. */
  remove(): Promise<void>;
}

/** A folder for one publication below `folder`; what publishers that were killed left there is removed. @throws IO */
export async function createWaitingFiles(folder: string): Promise<WaitingFiles> {
  const own = await makeProcessFolder(folder);
  const files: WaitingFile[] = [];
  let names = 0;
  const newPath = (): string => join(own.path, String(names++));
  return {
    newPath,
    async newFile() {
      const file = await WaitingFile.create(newPath());
      files.push(file);
      return file;
    },
    async put(bytes) {
      const file = await WaitingFile.create(newPath());
      await file.write(bytes);
      await file.close();
      return file.path;
    },
    async remove() {
      await Promise.allSettled(files.map((file) => file.close()));
      await own.remove();
    },
  };
}

export class WaitingFile {
  writtenBytes = 0;
  private unsyncedBytes = 0;
  private syncing: Promise<void> = Promise.resolve();
  private closed = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws IO */
  static async create(path: string): Promise<WaitingFile> {
    try {
      return new WaitingFile(path, await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    } catch (cause) {
      throw asIoError('make', path, cause);
    }
  }

  /** Resolves when the buffer is the caller's again. @throws IO */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await this.handle.write(bytes, at, bytes.length - at, this.writtenBytes);
        at += bytesWritten;
        this.writtenBytes += bytesWritten;
      }
      this.unsyncedBytes += bytes.length;
      if (this.unsyncedBytes >= SYNC_EVERY_BYTES) await this.startSync();
    } catch (cause) {
      throw asIoError('write', this.path, cause);
    }
  }

  /** Resolves when all of it is durable, but for its name. @throws IO */
  async finish(): Promise<void> {
    try {
      await this.syncing;
      await this.handle.sync();
    } catch (cause) {
      throw asIoError('write', this.path, cause);
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.syncing.catch(() => {});
    await this.handle.close();
  }

  private async startSync(): Promise<void> {
    await this.syncing;
    this.unsyncedBytes = 0;
    this.syncing = this.handle.datasync();
    this.syncing.catch(() => {});
  }
}
