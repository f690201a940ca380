import { lstatSync, readdirSync, statfsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';

/** Beside the chunks: folders, metadata, what the file system needs for itself. */
const ROOM_BESIDE_BYTES = 4 * 1024 * 1024;
const BLOCK_BYTES = 512;

/** A real folder, something else, or nothing. @throws IO */
export function kindOfSlot(path: string): 'folder' | 'other' | 'absent' {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'other';
  } catch (cause) {
    if (saysAbsent(cause)) return 'absent';
    throw asIoError('look at', path, cause);
  }
}

/** @throws IO */
export function hasEntries(path: string): boolean {
  const kind = kindOfSlot(path);
  return kind === 'other' || (kind === 'folder' && readdirSync(path).length > 0);
}

/** Makes a slot an empty folder. One that is there already stays itself: it may be a mount point. @throws IO */
export async function emptyFolder(path: string): Promise<void> {
  try {
    if (kindOfSlot(path) === 'other') await rm(path);
    if (kindOfSlot(path) === 'absent') await makeFolder(path);
    for (const name of readdirSync(path, { encoding: 'buffer' })) {
      const entry = Buffer.concat([Buffer.from(`${path}/`), name]);
      // the types know paths as text alone; a name need not be UTF-8
      await rm(entry as unknown as string, { recursive: true, force: true });
    }
    await syncFolder(path);
  } catch (cause) {
    throw asIoError('empty', path, cause);
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o755 });
  await syncFolder(dirname(path));
}

/** What lies in the slot now counts as free: it will be gone. @throws IO */
export function requireRoomFor(path: string, bytes: number): void {
  try {
    const { bavail, bsize } = statfsSync(kindOfSlot(path) === 'folder' ? path : dirname(path));
    const free = bavail * bsize + bytesBelow(path);
    if (free >= bytes + ROOM_BESIDE_BYTES) return;
    throw new WeighbridgeError('IO', `the disk of ${showPath(path)} has room for ${free} bytes, ${bytes} are needed`, {
      hint: 'free some space, then run the same command again',
      details: { file: showPath(path), expected: String(bytes), found: String(free) },
    });
  } catch (cause) {
    throw asIoError('look at', path, cause);
  }
}

/** Of files with one name: others live on under theirs. */
function bytesBelow(path: string): number {
  if (kindOfSlot(path) !== 'folder') return 0;
  let bytes = 0;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const stats = lstatSync(`${entry.parentPath}/${entry.name}`, { throwIfNoEntry: false });
    if (stats?.nlink === 1) bytes += stats.blocks * BLOCK_BYTES;
  }
  return bytes;
}
