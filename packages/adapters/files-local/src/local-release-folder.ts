import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { METADATA_FOLDER, showPath } from '@weighbridge/core/paths';
import { kindOf } from '@weighbridge/durable-files/file-kind';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { openBelow } from './open-below.js';
import { scanFolder } from './scan-folder.js';

/**
 * Opens a folder of files, or one regular file that stands for a folder of one entry, its base name.
 * A path that is itself a symlink, or leads through some, is resolved once, here.
 * @throws USAGE when nothing lies there, or a FIFO, socket or device; IO
 */
export async function openReleaseFolder(path: string): Promise<ReleaseFolder> {
  if (path === '') throw unusable(path, 'names nothing');
  try {
    const real = realpathSync(path);
    const kind = kindOf(statSync(real, { bigint: true }));
    if (kind === 'file' && !path.endsWith('/')) return singleFile(path, real);
    if (kind !== 'folder') throw unusable(path, `is a ${kind}, neither a folder nor a regular file`);
    return folder(path, real);
  } catch (cause) {
    if (saysAbsent(cause)) throw unusable(path, 'does not exist');
    throw asIoError('read', path, cause);
  }
}

function folder(location: string, root: string): ReleaseFolder {
  return {
    location,
    isSingleFile: false,
    scan: (passOver) => scanFolder(root, passOver, location),
    open: async (path) => openBelow(root, path),
    readMetadata: (path, maxBytes) => readMetadata(root, path, maxBytes),
  };
}

/** A file has no `.weighbridge/` beside it that would speak for it: what lies in its folder belongs to others. */
function singleFile(location: string, file: string): ReleaseFolder {
  const name = basename(location);
  const open: ReleaseFolder['open'] = async (path) =>
    openBelow(dirname(file), path === name ? basename(file) : '', path);
  return {
    location,
    isSingleFile: true,
    async scan() {
      const { sizeBytes, close } = await open(name);
      await close();
      return { entries: [{ path: name, isUtf8: true, kind: 'file', sizeBytes }], passedOver: [] };
    },
    open,
    readMetadata: async () => undefined,
  };
}

/** @param path below `.weighbridge/` */
async function readMetadata(root: string, path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const file = openBelow(root, `${METADATA_FOLDER}/${path}`);
    try {
      return file.sizeBytes > maxBytes ? undefined : await file.readStart(maxBytes);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isWeighbridgeError(error) && error.code === 'TAMPERED') return undefined;
    throw error;
  }
}

function unusable(path: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${path === '' ? 'the empty path' : showPath(path)} ${problem}`, {
    hint: 'name an existing folder or file',
    details: { file: showPath(path) },
  });
}
