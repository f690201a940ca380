import { indexedReleases } from '@weighbridge/journeys/index-releases';
import type { IndexedRelease } from '@weighbridge/ports/release-index';
import { success } from '../answer.js';
import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import type { Context } from '../context.js';
import { hasChain, openChainToRead } from '../embedded-chain.js';
import { indexedNow } from '../home-index.js';
import { namesByAddress, withNames } from '../key-names.js';
import { openReleases } from '../releases.js';

export const run: Run = async (context) => {
  const names = await namesByAddress(context);
  const releases = (await registeredHere(context)).map(
    ({ approvals, files: _, bytes: __, model: ___, version: ____, ...row }) => ({
      ...row,
      approvals: withNames(names, approvals),
    }),
  );
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

/** From the index where it is of the chain's present state, else derived anew. */
async function registeredHere(context: Context): Promise<IndexedRelease[]> {
  if (!(await hasChain(context))) return [];
  const rows = await indexedNow(context);
  if (rows !== undefined) return rows;
  const [chain, channels] = [await openChainToRead(context), await openChannels(context)];
  return indexedReleases({ chain, channels, releases: openReleases(context), signal: context.signal });
}
