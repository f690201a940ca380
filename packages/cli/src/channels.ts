import { join } from 'node:path';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { CHANNEL_NAMES, type Channel, type ChannelName } from '@weighbridge/ports/channel';
import type { Context } from './context.js';
import { usage } from './usage.js';

const SECRET_MAX_BYTES = 4096;

/** The channels that `--channel` names, all when it names none. @throws USAGE */
export function parseChannels(names: readonly string[]): ChannelName[] {
  const unknown = names.find((name) => !(CHANNEL_NAMES as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw usage(`--channel: there is no channel ${unknown}`, `use any of: ${CHANNEL_NAMES.join(', ')}`);
  return CHANNEL_NAMES.filter((name) => names.length === 0 || names.includes(name));
}

/** Opens channels: those of the home folder, or those elsewhere that the settings name. */
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
  ipfs: openIpfs,
  'git-lfs': openGitLfs,
};

/** The blocks of the home folder, or what the settings name in their place. */
async function openIpfs(context: Context): Promise<Channel> {
  const { ipfsApi, ipfsGateway, ipfsTokenFile } = context.settings;
  const engine = engineWhenAsked(context);
  if (ipfsApi !== undefined) {
    const { createKuboChannel } = await import('@weighbridge/channel-ipfs/kubo-channel');
    const authorization = await readSecret(ipfsTokenFile, 'WEIGHBRIDGE_IPFS_TOKEN_FILE');
    return createKuboChannel({ api: ipfsApi, engine, ...(authorization === undefined ? {} : { authorization }) });
  }
  if (ipfsGateway !== undefined) {
    const { createGatewayChannel } = await import('@weighbridge/channel-ipfs/gateway-channel');
    return createGatewayChannel({ url: ipfsGateway, engine });
  }
  const { createIpfsChannel } = await import('@weighbridge/channel-ipfs/ipfs-channel');
  return createIpfsChannel({ folder: context.home.ipfs, engine });
}

async function openGitLfs(context: Context): Promise<Channel> {
  const { lfsRemote, lfsTokenFile } = context.settings;
  if (lfsRemote !== undefined) {
    const { createLfsRemoteChannel } = await import('@weighbridge/channel-git-lfs/lfs-remote-channel');
    const token = await readSecret(lfsTokenFile, 'WEIGHBRIDGE_LFS_TOKEN_FILE');
    const cacheFolder = join(context.home.fetching, 'git');
    return createLfsRemoteChannel({ remote: lfsRemote, cacheFolder, ...(token === undefined ? {} : { token }) });
  }
  const { createGitLfsChannel } = await import('@weighbridge/channel-git-lfs/git-lfs-channel');
  return createGitLfsChannel({ folder: context.home.git, engine: engineWhenAsked(context) });
}

/** The first line of a file: secrets come as files, never as settings. */
async function readSecret(path: string | undefined, what: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const [line = ''] = Buffer.from(await readNamedFile(path, SECRET_MAX_BYTES, what))
    .toString('utf8')
    .split('\n');
  if (/^[\x21-\x7e][\x20-\x7e]*$/.test(line)) return line;
  throw usage(`${what}: the first line of ${path} is no header value`, 'write the token alone into the first line');
}

/** Who only asks for receipts digests nothing. */
function engineWhenAsked({ engine }: Context): Pick<DigestEngine, 'digestChunk' | 'digestWhole'> {
  return {
    digestChunk: async (algorithm, chunk) => (await engine()).digestChunk(algorithm, chunk),
    digestWhole: async (algorithm, file, options) => (await engine()).digestWhole(algorithm, file, options),
  };
}
