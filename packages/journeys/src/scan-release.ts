import type { RelativePath } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { METADATA_FOLDER, pathProblem, requireNoTwins, showPath } from '@weighbridge/core/paths';
import { isLfsPointer, LFS_POINTER_MAX_BYTES } from '@weighbridge/manifest/lfs-pointer';
import type { FolderEntry, ReleaseFolder } from '@weighbridge/ports/release-folder';

export interface SourceFile {
  readonly path: RelativePath;
  readonly sizeBytes: number;
}

/**
 * Lists the files of a folder that is to become a release.
 * @throws MALFORMED for unsafe or twin names, an empty folder and LFS pointers; UNSAFE_MODEL for anything but regular files
 */
export async function scanRelease(folder: ReleaseFolder): Promise<SourceFile[]> {
  const { entries } = await folder.scan([METADATA_FOLDER]);
  if (entries.length === 0) throw emptyFolder(folder.location);
  for (const entry of entries) requireSafePath(entry);
  requireNoTwins(entries.map((entry) => entry.path));
  for (const entry of entries) requireRegularFile(entry);
  const files = entries.map(({ path, sizeBytes }) => ({ path: path as RelativePath, sizeBytes }));
  for (const file of files) await requireNoPointer(folder, file);
  return files;
}

function emptyFolder(location: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${showPath(location)} holds no file`, {
    hint: 'name the folder that holds the weights',
  });
}

function requireSafePath({ path, isUtf8 }: FolderEntry): void {
  const problem = isUtf8 ? pathProblem(path) : 'is not UTF-8';
  if (problem === undefined) return;
  const isGit = /^\.git(?:\/|$)/i.test(path);
  throw new WeighbridgeError('MALFORMED', `the name ${showPath(path)} ${problem}`, {
    hint: isGit
      ? 'a Git checkout is no release folder: export its files first, for example with `git archive`'
      : 'rename the file; a release has portable names alone',
    details: { file: showPath(path) },
  });
}

function requireRegularFile({ path, kind }: FolderEntry): void {
  if (kind === 'file') return;
  throw new WeighbridgeError('UNSAFE_MODEL', `${showPath(path)} is a ${kind}, no regular file`, {
    hint: 'replace it by a copy of what it stands for, or remove it',
    details: { file: showPath(path) },
  });
}

async function requireNoPointer(folder: ReleaseFolder, { path, sizeBytes }: SourceFile): Promise<void> {
  if (sizeBytes > LFS_POINTER_MAX_BYTES || !(await isPointerFile(folder, path))) return;
  throw new WeighbridgeError('MALFORMED', `${showPath(path)} is a Git LFS pointer, not the file that it stands for`, {
    hint: 'run `git lfs pull` in the checkout, then register what it fetched',
    details: { file: showPath(path) },
  });
}

/** Whether a small file is a Git LFS pointer. */
export async function isPointerFile(folder: ReleaseFolder, path: string): Promise<boolean> {
  const file = await folder.open(path);
  try {
    return isLfsPointer(await file.readStart(LFS_POINTER_MAX_BYTES));
  } finally {
    await file.close();
  }
}
