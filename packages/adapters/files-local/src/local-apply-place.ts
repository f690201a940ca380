import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { RelativePath } from '@weighbridge/core/brands';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import { rm } from 'node:fs/promises';
import { acquireLock, type LockOptions } from './home-lock.js';
import { appear, placeDoors, requireNoTarget } from './local-fetch-place.js';
import { Assembly } from './assembly.js';

/**
 * Where the target of a delta is put together: `.<name>.weighbridge-partial` beside a folder that does not exist yet. What a
 * broken-off run of the same package left there is found again; anything that is none of `files` is removed.
 * @throws USAGE when the target exists or its parent does not; BUSY when another process writes it
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
    await makeFolderDurably(pieces, 0o755);
    removeOthers(pieces, pieces, new Set<string>(files));
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

function removeOthers(root: string, folder: string, wanted: ReadonlySet<string>): void {
  for (const name of readdirSync(folder, { encoding: 'buffer' })) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), name]);
    const text = name.toString('utf8');
    const isText = Buffer.from(text).equals(name);
    const isFolder = lstatSync(path).isDirectory();
    const inside = relative(root, join(folder, text));
    if (isText && isFolder && [...wanted].some((file) => file.startsWith(`${inside}/`)))
      removeOthers(root, join(folder, text), wanted);
    else if (!isText || isFolder || !wanted.has(inside)) rmSync(path, { recursive: true, force: true });
  }
}
