import { basename } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { openUpdatePackage as openPackage } from '@weighbridge/journeys/update-package';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import type { UpdatePackage } from '@weighbridge/ports/update-package';
import type { Context } from './context.js';

/** Opens the package that the user named; closed at the end of the command. @throws USAGE, MALFORMED, LIMIT, TAMPERED, IO */
export async function openUpdatePackage(context: Context, path: string): Promise<UpdatePackage> {
  const { progress, signal } = context;
  const doors = { engine: await context.engine(), progress, signal };
  const opened = await openPackage(doors, await openPackageFile(path), path);
  context.atEnd(() => opened.close());
  return opened;
}

/** @throws USAGE when there is no such file; IO */
export async function openPackageFile(path: string): Promise<ReadableFile> {
  const folder = await openReleaseFolder(path);
  if (folder.isSingleFile) return folder.open(basename(path));
  throw new WeighbridgeError('USAGE', `${showPath(path)} is a folder, no delta package`, {
    hint: 'name the file that `weighbridge delta build -o FILE` wrote',
    details: { file: showPath(path) },
  });
}
