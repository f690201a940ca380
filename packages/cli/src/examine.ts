import { existsSync } from 'node:fs';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { formatTime } from '@weighbridge/core/times';
import { openDocument } from '@weighbridge/files-local/local-document';
import { DEVICE_STATE_MAX_BYTES, parseDeviceState } from '@weighbridge/verify/device-state-file';
import { openChannels } from './channels.js';
import type { Context } from './context.js';
import { hasChain, openChainToRead, readHomeTrust, WITNESS_KEY } from './embedded-chain.js';
import { indexState } from './home-index.js';
import { openReleases } from './releases.js';

export interface Part {
  readonly name: string;
  /** `ok`, `absent`, `stale`, `damaged`, `unusable`. */
  readonly state: string;
  readonly where: string;
  /** The next step, empty when there is none. */
  readonly hint: string;
}

/** Looks at every part of the home folder and what it reaches, and changes nothing. */
export async function examine(context: Context): Promise<Part[]> {
  return [
    homePart(context),
    await keysPart(context),
    await chainPart(context),
    await trustPart(context),
    await statePart(context),
    await manifestsPart(context),
    ...(await channelParts(context)),
    await indexPart(context),
    { name: 'node', state: 'ok', where: process.version, hint: '' },
  ];
}

function homePart({ home }: Context): Part {
  const isThere = existsSync(home.root);
  return {
    name: 'home',
    state: isThere ? 'ok' : 'absent',
    where: home.root,
    hint: isThere ? '' : 'the first register makes it: weighbridge register DIR --model NS/NAME --version V',
  };
}

async function keysPart(context: Context): Promise<Part> {
  return attempt('keys', context.home.keys, async () => {
    const keys = await context.keys.list();
    const names = keys.map(({ name }) => name).join(', ');
    return keys.length === 0 ? absent('make one: weighbridge key new NAME') : ok(`${context.home.keys} (${names})`);
  });
}

async function chainPart(context: Context): Promise<Part> {
  return attempt('chain', context.home.chain, async () => {
    if (!(await hasChain(context))) return absent('the first register or namespace claim makes it');
    const { identity } = await openChainToRead(context);
    return ok(`embedded chain ${identity.chainId}, contract ${identity.contract}, in ${context.home.chain}`);
  });
}

async function trustPart(context: Context): Promise<Part> {
  return attempt('trust', context.home.trust, async () => {
    const trust = await readHomeTrust(context);
    if (trust === undefined) return absent('import one: weighbridge trust import FILE');
    const witness = (await context.keys.list()).find(({ name }) => name === WITNESS_KEY);
    const whose =
      witness !== undefined && trust.witnesses.includes(witness.address) ? 'our own witness' : 'witnesses elsewhere';
    return ok(`version ${trust.version} of ${formatTime(trust.issuedAt)}, ${trust.models.join(', ')}, ${whose}`);
  });
}

async function statePart(context: Context): Promise<Part> {
  return attempt('device state', context.home.deviceState, async () => {
    const bytes = await openDocument(context.home.deviceState).read(DEVICE_STATE_MAX_BYTES);
    if (bytes === undefined) return { state: 'absent', where: context.home.deviceState, hint: '' };
    const { models, releases } = parseDeviceState(bytes);
    return ok(`${models.size} models, ${releases.size} releases accepted`);
  });
}

async function manifestsPart(context: Context): Promise<Part> {
  const { manifests } = context.home;
  return attempt('releases', manifests, async () => {
    const digests = await openReleases(context).listManifests();
    return ok(`${digests.length} manifests in ${manifests}`);
  });
}

async function indexPart(context: Context): Promise<Part> {
  const { index } = context.home;
  return attempt('index', index, async () => {
    const state = await indexState(context);
    if (state === undefined) return { state: 'absent' };
    if (state.isCurrent) return ok(`${state.rows} releases in ${index}`);
    return { state: 'stale', hint: 'make it anew: weighbridge index rebuild' };
  });
}

async function channelParts(context: Context): Promise<Part[]> {
  const parts: Part[] = [];
  for (const channel of await openChannels(context)) {
    parts.push(
      await attempt(channel.name, channel.location, async () => {
        const { location, releases, sizeBytes } = await channel.probe(context.signal);
        if (releases === 0) return absent(`the first register publishes there: ${location}`);
        const what = [
          ...(releases === undefined ? [] : [`${releases} releases`]),
          ...(sizeBytes === undefined ? [] : [`${sizeBytes} bytes`]),
        ];
        return ok([`${location}`, ...what].join(', '));
      }),
    );
  }
  return parts;
}

type Finding = Omit<Part, 'name'>;

/** A part that cannot be examined is a finding too, not the end of the examination. */
async function attempt(name: string, where: string, look: () => Promise<Partial<Finding>>): Promise<Part> {
  try {
    return { name, state: 'ok', where, hint: '', ...(await look()) };
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    const state = error.code === 'MALFORMED' || error.code === 'LIMIT' ? 'damaged' : 'unusable';
    return { name, state, where: `${where}: ${error.message}`, hint: error.hint ?? '' };
  }
}

function ok(where: string): Partial<Finding> {
  return { state: 'ok', where };
}

function absent(hint: string): Partial<Finding> {
  return { state: 'absent', hint };
}
