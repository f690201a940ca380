import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { RelativePath } from '@weighbridge/core/brands';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import { acquireLock, type LockOptions } from './home-lock.js';
import { appear, placeDoors, requireNoTarget } from './local-fetch-place.js';
import { Assembly } from './assembly.js';
import { isOwn, requireOwnFolder } from './own-folder.js';

/**
 * Where the target of a delta is put together: `.<name>.weighbridge-partial` beside a folder that does not exist yet. What a
 * broken-off run of the same package left there is found again; anything that is none of `files` is removed.
 * @throws USAGE when the target exists or its parent does not; TAMPERED when what lies in its place is not ours; BUSY when
 * another process writes it
 */
export async function openApplyPlace(
  target: string,
  files: readonly RelativePath[],
  options: LockOptions,
): Promise<FetchPlace> {
  requireNoTarget(target);
  const location = resolve(target);
  const pieces = join(dirname(location), `.${basename(location)}.weighbridge-partial`);
  const lock = await acquireLock(`${pieces}.lock`, options);
  try {
    // Another run may have finished while this one waited.
    requireNoTarget(target);
    await makeFolderDurably(pieces, 0o755);
    requireOwnFolder(pieces);
    removeOthers(pieces, '', [...files].sort());
  } catch (error) {
    await lock.release();
    throw asIoError('prepare', pieces, error);
  }
  const assembly = new Assembly(pieces);
  return {
    ...placeDoors(assembly, target),
    finish: () => appear(assembly, pieces, location),
    discard: () => rm(pieces, { recursive: true, force: true }),
    close: () => lock.release(),
  };
}

/** @param wanted sorted by UTF-16 units */
function removeOthers(folder: string, inside: string, wanted: readonly string[]): void {
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
    const text = name.toString('utf8');
    const below = inside === '' ? text : `${inside}/${text}`;
    const stats = lstatSync(path);
    const isWanted = Buffer.from(text).equals(name) && isOwn(stats) && isNamed(below, stats.isDirectory(), wanted);
    if (!isWanted) rmSync(path, { recursive: true, force: true });
    else if (stats.isDirectory()) removeOthers(join(folder, text), below, wanted);
  }
}

function isNamed(path: string, isFolder: boolean, wanted: readonly string[]): boolean {
  const start = isFolder ? `${path}/` : path;
  const found = wanted[lowerBound(wanted, start)];
  return isFolder ? found?.startsWith(start) === true : found === path;
}

/** Index of the first that is not below `text`. */
function lowerBound(sorted: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
