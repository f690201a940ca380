import { type BigIntStats, lstatSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { kindOf } from '@weighbridge/durable-files/file-kind';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import type { EntryKind, FolderEntry, FolderScan } from '@weighbridge/ports/release-folder';

/** More than twice what a manifest can list; folders are counted like entries, so that empty ones are bounded too. */
export const MAX_ENTRIES = 100_000;
const NAMES_AT_A_TIME = 256;
const SLASH = Buffer.from('/');

interface Found {
  /** Relative path, as the file system spells it: the names are bytes, not always UTF-8. */
  readonly path: Buffer;
  readonly kind: EntryKind;
  readonly sizeBytes: number;
}

/**
 * Lists all that lies below a folder, by lstat alone: nothing is opened but folders, no symlink is followed.
 * Names are read as bytes, since Node.js turns a name that is not UTF-8 into one that does not exist.
 * @param root absolute and free of symlinks
 * @throws LIMIT over 100,000 entries and folders; IO, also for a folder that may not be listed
 */
export async function scanFolder(
  root: string,
  passOver: readonly string[],
  location: string,
  maxEntries = MAX_ENTRIES,
): Promise<FolderScan> {
  const scan = new Scan(Buffer.from(root), new Set(passOver), location, maxEntries);
  return await scan.run();
}

class Scan {
  private readonly found: Found[] = [];
  private readonly passedOver: string[] = [];
  /** Folders yet to be listed; a stack of our own, so that depth costs no call stack. */
  private readonly pending: Buffer[] = [Buffer.alloc(0)];
  private count = 0;

  constructor(
    private readonly root: Buffer,
    private readonly passOver: ReadonlySet<string>,
    private readonly location: string,
    private readonly maxEntries: number,
  ) {}

  async run(): Promise<FolderScan> {
    for (let folder = this.pending.pop(); folder !== undefined; folder = this.pending.pop()) await this.list(folder);
    this.found.sort((a, b) => Buffer.compare(a.path, b.path));
    return { entries: this.found.map(entryOf), passedOver: this.passedOver.sort() };
  }

  private async list(folder: Buffer): Promise<void> {
    try {
      const before = this.statsOf(folder);
      if (before === undefined) return;
      for await (const name of namesIn(this.full(folder))) this.note(folder, name);
      // opendir follows symlinks: the folder must still be the one that was looked at.
      const after = this.statsOf(folder);
      if (after?.ino !== before.ino || after.dev !== before.dev) throw this.exchanged(folder);
    } catch (cause) {
      throw asIoError('list', this.shown(folder), cause);
    }
  }

  private note(folder: Buffer, name: Buffer): void {
    const path = folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]);
    const stats = this.statsOf(path);
    if (stats === undefined) return;
    const kind = kindOf(stats);
    if (kind === 'folder' && folder.length === 0 && this.passes(name)) return;
    // An empty folder is no entry, so the other spelling of a passed-over name would not be seen.
    if (kind === 'folder' && folder.length === 0 && this.isOtherSpelling(name)) {
      this.found.push({ path, kind: 'folder', sizeBytes: 0 });
    }
    if (++this.count > this.maxEntries) throw this.tooMany();
    if (kind === 'folder') this.pending.push(path);
    else this.found.push({ path, kind, sizeBytes: kind === 'file' ? Number(stats.size) : 0 });
  }

  private passes(name: Buffer): boolean {
    const spelling = name.toString();
    if (!this.passOver.has(spelling)) return false;
    this.passedOver.push(spelling);
    return true;
  }

  private isOtherSpelling(name: Buffer): boolean {
    return this.passOver.has(name.toString().toLowerCase());
  }

  /** Undefined for what vanished since it was listed. */
  private statsOf(path: Buffer): BigIntStats | undefined {
    try {
      return lstatSync(this.full(path), { bigint: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENAMETOOLONG') throw this.tooDeep(path);
      if (saysAbsent(cause) && path.length > 0) return undefined;
      throw cause;
    }
  }

  private full(path: Buffer): Buffer {
    return path.length === 0 ? this.root : Buffer.concat([this.root, SLASH, path]);
  }

  private shown(path: Buffer): string {
    return path.length === 0 ? this.location : path.toString();
  }

  private tooMany(): WeighbridgeError {
    return limit(`${showPath(this.location)} holds more than ${this.maxEntries} files and folders`, this.location);
  }

  private tooDeep(path: Buffer): WeighbridgeError {
    return limit(`${showPath(path.toString().slice(0, 200))}… is deeper than a path can name`, this.location);
  }

  private exchanged(folder: Buffer): WeighbridgeError {
    return new WeighbridgeError(
      'BUSY',
      `the folder ${showPath(this.shown(folder))} was exchanged while it was listed`,
      {
        hint: 'wait until whoever writes it has finished, then try again',
        details: { file: showPath(this.shown(folder)) },
      },
    );
  }
}

async function* namesIn(folder: Buffer): AsyncGenerator<Buffer> {
  // The types know names as text alone; with this encoding they are bytes.
  const options = { encoding: 'buffer' as BufferEncoding, bufferSize: NAMES_AT_A_TIME };
  for await (const { name } of await opendir(folder as unknown as string, options)) yield name as unknown as Buffer;
}

function entryOf({ path, kind, sizeBytes }: Found): FolderEntry {
  const text = path.toString();
  return { path: text, isUtf8: Buffer.from(text).equals(path), kind, sizeBytes };
}

function limit(message: string, location: string): WeighbridgeError {
  return new WeighbridgeError('LIMIT', message, {
    hint: 'name the folder that holds the weights alone',
    details: { file: showPath(location) },
  });
}
