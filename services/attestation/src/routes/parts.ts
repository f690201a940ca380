import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { Channel } from '@weighbridge/ports/channel';
import { route } from '../route.js';
import { ChainSchema, ChannelsSchema } from '../schemas.js';

export const PART_ROUTES = [
  route({
    method: 'get',
    path: '/v1/channels',
    scope: 'read',
    summary: 'Where releases are published, and how each channel is',
    replies: { 200: { description: 'channels', schema: ChannelsSchema } },
    handle: async ({ doors, signal }) => ({
      status: 200,
      json: { channels: await Promise.all(doors.channels.map((channel) => channelAnswer(channel, signal))) },
    }),
  }),
  route({
    method: 'get',
    path: '/v1/chain',
    scope: 'read',
    summary: 'The chain and contract that releases are registered on',
    replies: { 200: { description: 'the chain', schema: ChainSchema } },
    handle: async ({ doors }) => {
      const { chainId, contract, codeHash, development } = doors.chain.identity;
      const where = { url: doors.chainUrl ?? null, gateway: doors.gatewayUrl ?? null };
      return { status: 200, json: { chainId, contract, codeHash, development, ...where } };
    },
  }),
];

async function channelAnswer(channel: Channel, signal: AbortSignal) {
  const { name, location } = channel;
  const unknown = { sizeBytes: null, releases: null };
  try {
    const { sizeBytes = null, releases = null } = await channel.probe(signal);
    return { name, state: 'ok', location, sizeBytes, releases, lastError: null };
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return { name, state: 'unusable', location, ...unknown, lastError: error.message };
  }
}
