import { chunkCount } from '@weighbridge/core/tree';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import type { UpdatePackage } from '@weighbridge/ports/update-package';
import { parseBundle } from '@weighbridge/verify/bundle';

/** What a device needs to verify the folder alone, later: nothing for a target that is no registered release. */
export async function putUpdateParts({ bundleBytes, leavesOf }: UpdatePackage, place: FetchPlace): Promise<void> {
  if (bundleBytes === undefined) return;
  const { manifestBytes, manifest } = parseBundle(bundleBytes);
  await place.putMetadata('manifest.json', manifestBytes);
  await place.putMetadata('bundle.json', bundleBytes);
  for (const { path, size, tree } of manifest.files) {
    if (chunkCount(size) > 0) await place.putMetadata(`leaves/${tree}`, leavesOf(path));
  }
}
