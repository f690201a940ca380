import type { PublishedRelease } from '@weighbridge/ports/channel';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import type { DeltaSide } from './build-package.js';
import { type MaterializeDoors, materializeRelease } from './materialize-release.js';
import { openContent } from './open-content.js';
import { scanRelease } from './scan-release.js';

export interface ReleaseSideDoors extends MaterializeDoors {
  /** Opens what the place made appear. */
  openFolder(location: string): Promise<ReleaseFolder>;
}

/**
 * Takes a registered release out of the channels and opens it as one side of a delta. The place is closed; the caller closes the
 * side and removes the files.
 * @throws what `materializeRelease` and `openContent` throw
 */
export async function openReleaseSide(
  doors: ReleaseSideDoors,
  release: PublishedRelease,
  step: string,
): Promise<DeltaSide> {
  try {
    await materializeRelease(doors, release);
  } finally {
    await doors.place.close();
  }
  const folder = await doors.openFolder(doors.place.location);
  const paths = (await scanRelease(folder)).map(({ path }) => path);
  const content = await openContent(doors, folder, paths, step);
  const { contentDigest } = content;
  return { content, pinned: { kind: 'release', releaseDigest: release.releaseDigest, contentDigest } };
}
