import { createReleaseStore } from '@weighbridge/files-local/local-release-store';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import type { Context } from './context.js';

/** Manifests and leaves of the home folder. */
export function openReleases({ home }: Context): ReleaseStore {
  return createReleaseStore({ manifestsFolder: home.manifests, leavesFolder: home.leaves });
}
