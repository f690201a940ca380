import type { ReadableFile } from '@weighbridge/ports/release-folder';
import type { ProvenBase, UpdatePackage } from '@weighbridge/ports/update-package';
import { assembleTarget } from './assemble-target.js';
import { checkWhole } from './check-whole.js';
import type { ContentDoors, OpenedContent } from './open-content.js';
import { proveBase } from './prove-base.js';
import { type ReadPackage, readPackage } from './read-package.js';

/** Opens a delta package; `file` is closed with it. @throws MALFORMED, LIMIT, TAMPERED, IO */
export async function openUpdatePackage(
  doors: ContentDoors,
  file: ReadableFile,
  location: string,
): Promise<UpdatePackage> {
  try {
    return packageDoor(doors, readPackage(file, location));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function packageDoor(doors: ContentDoors, pack: ReadPackage): UpdatePackage {
  const { header, table, location, file } = pack;
  const leaves = new Map(table.targetFiles.map((target) => [target.path, target.leaves]));
  return {
    location,
    packageDigest: header.packageDigest,
    base: table.base,
    target: table.target,
    bundleBytes: table.target.kind === 'release' ? table.bundle : undefined,
    targetPaths: table.targetFiles.map(({ path }) => path),
    targetBytes: table.targetFiles.reduce((sum, { size }) => sum + size, 0),
    proveBase: (folder) => proveBase(doors, folder, table.baseFiles),
    checkWhole: (base) => checkWhole(doors, pack, bytesOf(base)),
    writeTo: (place, base) => assembleTarget(doors, pack, place, bytesOf(base)),
    leavesOf: (path) => leaves.get(path)!,
    close: () => file.close(),
  };
}

/** What `proveBase` gave, as this package knows it. */
function bytesOf(base: ProvenBase | undefined): OpenedContent['bytes'] | undefined {
  return (base as OpenedContent | undefined)?.bytes;
}
