import { releaseRef } from '@weighbridge/core/names';
import { describeRelease, type ReleaseDescription } from '@weighbridge/journeys/describe-release';
import { channelsHolding } from '@weighbridge/journeys/publish';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import { success } from '../answer.js';
import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import type { Context } from '../context.js';
import { hasChain, openChainToRead } from '../embedded-chain.js';
import { openReleases } from '../releases.js';
import { namesByAddress } from '../key-names.js';
import { releaseMembers } from '../release-members.js';

export const run: Run = async (context) => {
  const names = await namesByAddress(context);
  const channels = await openChannels(context);
  const releases = [];
  for (const description of await registeredHere(context)) {
    releases.push(releaseMembers(description, names, await channelsHolding(channels, description, context.signal)));
  }
  return success({
    message: releases.length === 0 ? 'no releases here yet' : `${releases.length} releases`,
    members: { releases },
    ...(releases.length === 0
      ? {}
      : {
          lines: releases.map(
            ({ release, status, versionCode }) => `${release}  ${status}  version code ${versionCode}`,
          ),
        }),
  });
};

/** Releases whose manifest is here and whose digest the chain has under that name. */
async function registeredHere(context: Context): Promise<ReleaseDescription[]> {
  if (!(await hasChain(context))) return [];
  const store = openReleases(context);
  const chain = await openChainToRead(context);
  const found: ReleaseDescription[] = [];
  for (const digest of await store.listManifests()) {
    const bytes = await store.getManifest(digest);
    if (bytes === undefined) continue;
    const { model, version } = parseManifest(bytes);
    const ref = releaseRef(model, version);
    if ((await chain.release(ref))?.digest === digest) found.push(await describeRelease(chain, store, ref));
  }
  return found.sort((a, b) =>
    a.ref.model === b.ref.model ? a.versionCode - b.versionCode : a.ref.model < b.ref.model ? -1 : 1,
  );
}
