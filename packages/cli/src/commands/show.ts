import { parseReleaseRef } from '@weighbridge/core/names';
import { describeRelease } from '@weighbridge/journeys/describe-release';
import { absentManifest } from '@weighbridge/journeys/find-release';
import { channelsHolding } from '@weighbridge/journeys/publish';
import { success } from '../answer.js';
import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import { openChainToRead } from '../embedded-chain.js';
import { openReleases } from '../releases.js';
import { namesByAddress } from '../key-names.js';
import { releaseLines, releaseMembers } from '../release-members.js';

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  const releases = openReleases(context);
  const description = await describeRelease(await openChainToRead(context), releases, ref);
  const channels = await channelsHolding(await openChannels(context), description, context.signal);
  const members = releaseMembers(description, await namesByAddress(context), channels);
  if (options.manifest !== true)
    return success({ message: `${ref.name} is ${description.status}`, members, lines: releaseLines(members) });
  const manifest = await releases.getManifest(description.releaseDigest);
  if (manifest === undefined) throw absentManifest(ref, description.releaseDigest);
  return success({
    message: `the manifest of ${ref.name}`,
    members: { ...members, manifest: JSON.parse(Buffer.from(manifest).toString('utf8')) },
    raw: manifest,
  });
};
