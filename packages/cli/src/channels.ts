import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { CHANNEL_NAMES, type Channel, type ChannelName } from '@weighbridge/ports/channel';
import type { Context } from './context.js';
import { usage } from './usage.js';

/** The channels that `--channel` names, all when it names none. @throws USAGE */
export function parseChannels(names: readonly string[]): ChannelName[] {
  const unknown = names.find((name) => !(CHANNEL_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw usage(`--channel: there is no channel ${unknown}`, `use any of: ${CHANNEL_NAMES.join(', ')}`);
  return CHANNEL_NAMES.filter((name) => names.length === 0 || names.includes(name));
}

/** Opens channels: those of the home folder. */
export async function openChannels(
  context: Context,
  names: readonly ChannelName[] = CHANNEL_NAMES,
): Promise<Channel[]> {
  const channels: Channel[] = [];
  for (const name of names) {
    const channel = await OPEN[name](context);
    context.atEnd(() => channel.close());
    channels.push(channel);
  }
  return channels;
}

const OPEN: Readonly<Record<ChannelName, (context: Context) => Promise<Channel>>> = {
  ipfs: async (context) => {
    const { createIpfsChannel } = await import('@weighbridge/channel-ipfs/ipfs-channel');
    return createIpfsChannel({ folder: context.home.ipfs, engine: engineWhenAsked(context) });
  },
  'git-lfs': async (context) => {
    const { createGitLfsChannel } = await import('@weighbridge/channel-git-lfs/git-lfs-channel');
    return createGitLfsChannel({ folder: context.home.git, engine: engineWhenAsked(context) });
  },
};

/** Who only asks for receipts digests nothing. */
function engineWhenAsked({ engine }: Context): Pick<DigestEngine, 'digestChunk' | 'digestWhole'> {
  return {
    digestChunk: async (algorithm, chunk) => (await engine()).digestChunk(algorithm, chunk),
    digestWhole: async (algorithm, file, options) => (await engine()).digestWhole(algorithm, file, options),
  };
}
