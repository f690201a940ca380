import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { WeighbridgeError } from '@weighbridge/core/errors';
import { type Cid, cidText } from '@weighbridge/manifest/cid-bytes';
import { absentBlock, type Blocks } from './blocks.js';
import { EMPTY_CID } from './gateway-request.js';
import { type HttpPlace, locationOf, readBody, respond, unreachable } from './http-answer.js';

export interface HttpBlocksOptions {
  /** Where the gateway's `/ipfs` lies; http or https. */
  readonly url: URL;
  /** A connection that gives nothing for so long is given up. */
  readonly idleMs: number;
}

/** Blocks of a trustless gateway. */
export interface HttpBlocks extends Blocks {
  /** Whether it answers as a gateway. @throws UNVERIFIABLE */
  probe(signal?: AbortSignal): Promise<void>;
  close(): void;
}

const MOST_SOCKETS = 16;
const HEADERS = { accept: 'application/vnd.ipld.raw', 'accept-encoding': 'identity' };

/** Connections that are kept open for the next request. */
export function keptOpen({ protocol }: URL): HttpAgent | HttpsAgent {
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS };
  return protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
}

/** Reads raw blocks; answers are not decompressed. */
export function createHttpBlocks({ url, idleMs }: HttpBlocksOptions): HttpBlocks {
  const location = locationOf(url);
  const place: HttpPlace = { agent: keptOpen(url), location, idleMs };
  const ask = (name: string, method: 'GET' | 'HEAD', signal?: AbortSignal): Promise<IncomingMessage> => {
    const target = new URL(`${url.pathname.replace(/\/$/, '')}/ipfs/${name}?format=raw`, url);
    return respond(place, { url: target, method, headers: HEADERS, signal });
  };
  return {
    location,
    async read(cid, maxBytes, signal, into) {
      signal?.throwIfAborted();
      const response = await ask(cidText(cid.bytes), 'GET', signal);
      if (response.statusCode === 200) return readBody(response, location, maxBytes, signal, into);
      throw refused(response, location, cid);
    },
    async probe(signal) {
      signal?.throwIfAborted();
      const response = await ask(EMPTY_CID, 'HEAD', signal);
      response.resume();
      if (response.statusCode !== 200) throw unreachable(location, `answers with ${response.statusCode}`);
    },
    close: () => place.agent.destroy(),
  };
}

function refused(response: IncomingMessage, location: string, cid: Cid): WeighbridgeError {
  // Thrown away with its connection: a body of any length may follow.
  response.destroy();
  if (response.statusCode === 404 || response.statusCode === 410) return absentBlock({ location }, cid);
  return unreachable(location, `answers ${response.statusCode} for the block ${cidText(cid.bytes)}`);
}
