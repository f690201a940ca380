import type { ReleaseDescription } from '@weighbridge/journeys/describe-release';
import type { ChannelName } from '@weighbridge/ports/channel';
import { withNames } from './key-names.js';

/** Members of the JSON answer about a release. */
export function releaseMembers(
  { ref, ...description }: ReleaseDescription,
  names: ReadonlyMap<string, string>,
  channels: readonly ChannelName[],
) {
  return {
    release: ref.name as string,
    ...description,
    approvals: withNames(names, description.approvals),
    channels,
  };
}

export function releaseLines(members: ReturnType<typeof releaseMembers>): string[] {
  return [
    `release         ${members.release}`,
    `status          ${members.status}${members.reason === null ? '' : `: ${members.reason}`}`,
    `version code    ${members.versionCode}`,
    `release digest  ${members.releaseDigest}`,
    `content digest  ${members.contentDigest ?? 'unknown: the manifest is not here'}`,
    `channels        ${members.channels.length === 0 ? 'none' : members.channels.join(', ')}`,
    `approvals       ${members.approvals.length} of ${members.threshold} needed`,
    ...members.approvals.map(
      ({ key, role, at, name }) =>
        `  ${key}  ${role}${name === undefined ? '' : `  ${name}`}${at === null ? '' : `  ${at}`}`,
    ),
  ];
}
