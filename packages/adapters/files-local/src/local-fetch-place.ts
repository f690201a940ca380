import { createHash } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { requireParentFolder } from '@weighbridge/durable-files/parent-folder';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import { Assembly } from './assembly.js';
import type { Home } from './home.js';
import { acquireLock, type LockOptions } from './home-lock.js';
import { requireOwnFolder } from './own-folder.js';

/**
 * Where a release is fetched to: a folder that does not exist yet. Its pieces lie in the home folder, by release digest;
 * where that is another file system, beside the target, since only a rename there is atomic.
 * @throws USAGE when the target exists or its parent does not; BUSY when another process fetches this release
 */
export async function openFetchPlace(
  home: Home,
  releaseDigest: Digest,
  target: string,
  options: LockOptions,
): Promise<FetchPlace> {
  requireNoTarget(target);
  const location = resolve(target);
  await makeFolderDurably(home.fetching, 0o700);
  const lock = await acquireLock(join(home.fetching, `${releaseDigest}.lock`), options);
  const pieces = isOneFileSystem(home.fetching, dirname(location))
    ? join(home.fetching, releaseDigest)
    : join(dirname(location), `.${basename(location)}.weighbridge-partial`);
  try {
    await makeFolderDurably(pieces, 0o755);
    requireOwnFolder(pieces);
  } catch (error) {
    await lock.release();
    throw error;
  }
  const assembly = new Assembly(pieces);
  return {
    ...placeDoors(assembly, target),
    finish: () => appear(assembly, pieces, location),
    discard: () => rm(pieces, { recursive: true, force: true }),
    close: () => lock.release(),
  };
}

/** A release folder that is mended where it lies. @throws BUSY when another process mends it */
export async function openRepairPlace(home: Home, folder: string, options: LockOptions): Promise<FetchPlace> {
  const root = resolve(folder);
  await makeFolderDurably(home.fetching, 0o700);
  const name = createHash('sha256').update(root).digest('hex');
  const lock = await acquireLock(join(home.fetching, `${name}.lock`), options);
  const assembly = new Assembly(root);
  return {
    ...placeDoors(assembly, folder),
    finish: () => assembly.syncFolders(),
    discard: async () => {},
    close: () => lock.release(),
  };
}

/** The doors of a place that do not depend on where it is. */
export function placeDoors(
  assembly: Assembly,
  location: string,
): Pick<FetchPlace, 'location' | 'requireRoom' | 'open' | 'putMetadata'> {
  return {
    location,
    requireRoom: (bytes) => assembly.requireRoom(bytes),
    open: (path, sizeBytes) => assembly.open(path, sizeBytes),
    putMetadata: (path, bytes) => assembly.putMetadata(path, bytes),
  };
}

/** Makes what was put together in `pieces` appear at `target`, whole and durable. @throws USAGE, IO */
export async function appear(assembly: Assembly, pieces: string, target: string): Promise<void> {
  await assembly.syncFolders();
  requireNoTarget(target);
  try {
    await rename(pieces, target);
    await syncFolder(dirname(target));
  } catch (cause) {
    if (['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemErrorCode(cause) ?? '')) throw targetExists(target);
    throw asIoError('write', target, cause);
  }
}

/** @throws USAGE */
export function requireNoTarget(target: string): void {
  requireParentFolder(target);
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw targetExists(target);
}

function targetExists(target: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(target)} exists already`, {
    hint: 'name a folder that does not exist yet, or mend this one: weighbridge fetch --repair DIR',
    details: { file: showPath(target) },
  });
}

function isOneFileSystem(a: string, b: string): boolean {
  return statSync(a).dev === statSync(b).dev;
}
