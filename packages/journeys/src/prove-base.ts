import type { RelativePath } from '@weighbridge/core/brands';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { METADATA_FOLDER, showPath } from '@weighbridge/core/paths';
import type { BaseFile } from '@weighbridge/delta/package-table';
import type { FolderEntry, ReleaseFolder } from '@weighbridge/ports/release-folder';
import { type ContentDoors, type OpenedContent, openContent } from './open-content.js';

/**
 * delta-v1 §8.1: proves that a folder holds the base of a package, byte for byte, and keeps it open.
 * @param files of the package's table
 * @throws WRONG_ARTIFACT naming the file that differs
 */
export async function proveBase(
  doors: ContentDoors,
  folder: ReleaseFolder,
  files: readonly BaseFile[],
): Promise<OpenedContent> {
  const { entries } = await folder.scan([METADATA_FOLDER]);
  requireSameSet(folder, entries, files);
  const content = await openAll(doors, folder, files);
  const wrong = files.findIndex(({ tree }, index) => content.files[index]!.tree !== tree);
  if (wrong < 0) return content;
  await content.close();
  throw wrongBase(folder, files[wrong]!.path, 'has other bytes than the base of this package', {
    expected: files[wrong]!.tree,
    found: content.files[wrong]!.tree,
  });
}

function requireSameSet(folder: ReleaseFolder, entries: readonly FolderEntry[], files: readonly BaseFile[]): void {
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path, size } of files) {
    const entry = found.get(path);
    if (entry === undefined || !entry.isUtf8) throw wrongBase(folder, path, 'is absent');
    if (entry.kind !== 'file') throw wrongBase(folder, path, `is a ${entry.kind}`);
    if (entry.sizeBytes !== size) {
      const sizes = { expected: String(size), found: String(entry.sizeBytes) };
      throw wrongBase(folder, path, `has ${entry.sizeBytes} bytes, the base of this package ${size}`, sizes);
    }
  }
  const wanted = new Set<string>(files.map(({ path }) => path));
  const extra = entries.find(({ path }) => !wanted.has(path));
  if (extra !== undefined) throw wrongBase(folder, extra.path, 'is no part of the base of this package');
}

async function openAll(doors: ContentDoors, folder: ReleaseFolder, files: readonly BaseFile[]): Promise<OpenedContent> {
  const paths = files.map(({ path }): RelativePath => path);
  try {
    return await openContent(doors, folder, paths, 'proving the base');
  } catch (error) {
    // What was exchanged since it was listed is another base, too.
    if (!isWeighbridgeError(error) || error.code !== 'TAMPERED') throw error;
    throw wrongBase(folder, String(error.details.file ?? ''), 'was exchanged meanwhile');
  }
}

function wrongBase(
  folder: ReleaseFolder,
  path: string,
  problem: string,
  digests: { readonly expected?: string; readonly found?: string } = {},
): WeighbridgeError {
  return new WeighbridgeError('WRONG_ARTIFACT', `${showPath(path)} in ${showPath(folder.location)} ${problem}`, {
    hint: 'name the folder that holds exactly the base of this package (`weighbridge delta inspect FILE` says which), or take a full package',
    details: { file: path, ...digests },
  });
}
