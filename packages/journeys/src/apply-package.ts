import type { RelativePath } from '@weighbridge/core/brands';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import type { UpdatePackage } from '@weighbridge/ports/update-package';
import { putUpdateParts } from './put-update-parts.js';

/**
 * The journey of a package into a new folder: base → place → leaves → all of it again → the folder appears.
 * @param base undefined for a full package
 * @param openPlace is asked once the base is proven
 * @throws the first refusal; the folder does not exist then
 */
export async function applyPackage(
  pack: UpdatePackage,
  base: ReleaseFolder | undefined,
  openPlace: (files: readonly RelativePath[]) => Promise<FetchPlace>,
): Promise<void> {
  const proven = base === undefined ? undefined : await pack.proveBase(base);
  try {
    const place = await openPlace(pack.targetPaths);
    try {
      await pack.writeTo(place, proven);
      await putUpdateParts(pack, place);
      await place.finish();
    } finally {
      await place.close();
    }
  } finally {
    await proven?.close();
  }
}
