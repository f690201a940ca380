import { openUpdatePackage as openPackage } from '@weighbridge/journeys/update-package';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import type { UpdatePackage } from '@weighbridge/ports/update-package';
import type { Context } from './context.js';
import { openNamedFile } from './named-file.js';

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
  return openNamedFile(path, 'name the file that `weighbridge delta build -o FILE` wrote');
}
