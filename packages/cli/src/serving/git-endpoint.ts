import type { RequestListener } from 'node:http';
import type { Context } from '../context.js';

/** Git and Git LFS over HTTP, read only, for devices elsewhere. */
export async function openGitEndpoint({ home }: Context): Promise<RequestListener | undefined> {
  const { createLfsEndpoint } = await import('@weighbridge/channel-git-lfs/lfs-endpoint');
  return createLfsEndpoint({ folder: home.git, mountedAt: '/git' });
}
