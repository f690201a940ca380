import { basename } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import type { ReadableFile } from '@weighbridge/ports/release-folder';

/** Opens a large file that the user named. @throws USAGE with the hint when a folder, or nothing, lies there; IO */
export async function openNamedFile(path: string, hint: string): Promise<ReadableFile> {
  const folder = await openReleaseFolder(path);
  if (folder.isSingleFile) return folder.open(basename(path));
  throw new WeighbridgeError('USAGE', `${showPath(path)} is a folder, no file`, {
    hint,
    details: { file: showPath(path) },
  });
}
