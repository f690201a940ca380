import { type BigIntStats, closeSync, lstatSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { kindOf } from '@weighbridge/durable-files/file-kind';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { readUpTo } from '@weighbridge/durable-files/read-up-to';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import { type OpenedRegularFile, openRegularFile } from './regular-file.js';

interface Place {
  readonly path: string;
  /** Each folder between the root and the file, from the top. */
  readonly folders: readonly string[];
}

/**
 * Opens a regular file below a folder without following a symlink in any part of `path`.
 *
 * Node.js has no openat: each folder on the way is looked at before, the file is opened with O_NOFOLLOW, and
 * afterwards the path must still lead through real folders to the inode that was opened. A tree that stands still
 * is therefore never left, and one swap while we open is found. Somebody who may rename folders in the tree and
 * swaps them back and forth in step with our calls can still hand us a file from elsewhere; its bytes are then
 * digested like any others, and whoever may write the tree is outside the promise anyhow.
 * @param root absolute and free of symlinks
 * @param shown the path as messages name it
 * @throws TAMPERED when it is absent or no regular file; IO
 */
export function openBelow(root: string, path: string, shown = path): ReadableFile {
  try {
    const place = placeBelow(root, path);
    const obstacle = place === undefined ? 'is absent' : folderProblem(place);
    if (place === undefined || obstacle !== undefined) throw tampered(shown, obstacle!);
    const opened = openRegularFile(place.path, 'refuse');
    if (typeof opened === 'string')
      throw tampered(shown, opened === 'absent' ? 'is absent' : `is a ${opened}, no regular file`);
    return requireStillThere(place, opened, shown);
  } catch (cause) {
    throw asIoError('read', shown, cause);
  }
}

function requireStillThere(place: Place, opened: OpenedRegularFile, shown: string): ReadableFile {
  const found = lookAt(place);
  if (found !== undefined && isSameInode(found, opened.stats)) return readableFile(place, opened, shown);
  closeSync(opened.fd);
  throw tampered(shown, 'was exchanged while it was opened');
}

function readableFile(place: Place, { fd, stats }: OpenedRegularFile, shown: string): ReadableFile {
  const sizeBytes = Number(stats.size);
  let isOpen = true;
  return {
    fd,
    sizeBytes,
    async readStart(maxBytes) {
      try {
        return await readUpTo(fd, Math.min(maxBytes, sizeBytes));
      } catch (cause) {
        throw asIoError('read', shown, cause);
      }
    },
    readInto: (offset, into) => readInto(fd, offset, into, shown),
    /** Asks the path, not the descriptor, so that a file renamed into its place is seen; good after `close` too. */
    async isUnchanged() {
      const found = lookAt(place);
      return found !== undefined && isSameInode(found, stats) && isSameVersion(found, stats);
    },
    async close() {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function readInto(fd: number, offset: number, into: Uint8Array, shown: string): void {
  try {
    for (let have = 0; have < into.length; ) {
      const got = readSync(fd, into, have, into.length - have, offset + have);
      if (got === 0) throw cutShort(shown);
      have += got;
    }
  } catch (cause) {
    throw asIoError('read', shown, cause);
  }
}

/** Undefined for a path that could name anything but an entry below the root. */
function placeBelow(root: string, path: string): Place | undefined {
  const parts = path.split('/');
  if (path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) return undefined;
  const folders = parts.slice(0, -1).map((_, index) => join(root, ...parts.slice(0, index + 1)));
  return { path: join(root, ...parts), folders };
}

function folderProblem({ folders }: Place): string | undefined {
  for (const folder of folders) {
    const kind = kindAt(folder);
    if (kind !== 'folder') return kind === undefined ? 'is absent' : `lies behind a ${kind}`;
  }
  return undefined;
}

function kindAt(path: string): string | undefined {
  const stats = lstatOrNothing(path);
  return stats === undefined ? undefined : kindOf(stats);
}

function lookAt(place: Place): BigIntStats | undefined {
  try {
    return folderProblem(place) === undefined ? lstatOrNothing(place.path) : undefined;
  } catch {
    // Whatever keeps us from seeing it again: it is not as it was.
    return undefined;
  }
}

function lstatOrNothing(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch (error) {
    if (saysAbsent(error)) return undefined;
    throw error;
  }
}

function isSameInode(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function isSameVersion(a: BigIntStats, b: BigIntStats): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

function cutShort(path: string): WeighbridgeError {
  return new WeighbridgeError('BUSY', `${showPath(path)} was cut short while it was read`, {
    hint: 'wait until whoever writes it has finished, then try again',
    details: { file: showPath(path) },
  });
}

function tampered(path: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${showPath(path)} ${problem}`, {
    hint: 'get the release again from where it was published',
    details: { file: showPath(path) },
  });
}
