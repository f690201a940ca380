import { Agent as HttpAgent, type ClientRequest, get as httpGet, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, get as httpsGet } from 'node:https';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { type Cid, cidText } from '@weighbridge/manifest/cid-bytes';
import { absentBlock, type Blocks } from './blocks.js';

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
const RAW_TYPE = 'application/vnd.ipld.raw';

/** A URL as messages show it. */
export function locationOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
}

/** Reads raw blocks over connections that are kept open. Redirects are not followed, answers are not decompressed. */
export function createHttpBlocks({ url, idleMs }: HttpBlocksOptions): HttpBlocks {
  const location = locationOf(url);
  const options = { keepAlive: true, maxSockets: MOST_SOCKETS, timeout: idleMs };
  const agent = url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
  const ask = (name: string, method: 'GET' | 'HEAD', signal?: AbortSignal): Promise<IncomingMessage> =>
    respond(
      agent,
      new URL(`${url.pathname.replace(/\/$/, '')}/ipfs/${name}?format=raw`, url),
      method,
      idleMs,
      location,
      signal,
    );
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
      const response = await ask('bafkqaaa', 'HEAD', signal);
      response.resume();
      if (response.statusCode !== 200) throw unreachable(location, `answers with ${response.statusCode}`);
    },
    close: () => agent.destroy(),
  };
}

function respond(
  agent: HttpAgent | HttpsAgent,
  url: URL,
  method: 'GET' | 'HEAD',
  idleMs: number,
  location: string,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { accept: RAW_TYPE, 'accept-encoding': 'identity' };
    const options = { agent, method, headers, timeout: idleMs, ...(signal === undefined ? {} : { signal }) };
    const begin = url.protocol === 'https:' ? httpsGet : httpGet;
    const request: ClientRequest = begin(url, options, resolve);
    request.once('timeout', () => request.destroy(unreachable(location, `gave nothing for ${idleMs / 1000} seconds`)));
    request.on('error', (cause) => reject(failure(location, cause, signal)));
  });
}

/** @throws LIMIT when more comes than a block may have; UNVERIFIABLE when it breaks off; the signal's reason */
async function readBody(
  response: IncomingMessage,
  location: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
  into: Uint8Array | undefined,
): Promise<Uint8Array> {
  try {
    const declared = Number(response.headers['content-length'] ?? Number.NaN);
    if (declared > maxBytes) throw tooMuch(location, maxBytes);
    const block = into ?? new Uint8Array(Number.isNaN(declared) ? maxBytes : declared);
    let filled = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      if (filled + piece.length > block.length) throw tooMuch(location, maxBytes);
      block.set(piece, filled);
      filled += piece.length;
    }
    return filled === block.length ? block : block.subarray(0, filled);
  } catch (cause) {
    response.destroy();
    throw failure(location, cause, signal);
  }
}

function refused(response: IncomingMessage, location: string, cid: Cid): WeighbridgeError {
  // Thrown away with its connection: a body of any length may follow.
  response.destroy();
  if (response.statusCode === 404 || response.statusCode === 410) return absentBlock({ location }, cid);
  return unreachable(location, `answers ${response.statusCode} for the block ${cidText(cid.bytes)}`);
}

function failure(location: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  return isWeighbridgeError(cause) ? cause : unreachable(location, 'cannot be reached or broke off', cause);
}

export function unreachable(location: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${location} ${problem}`, {
    hint: 'check the address and that it is running, or fetch from another channel',
    details: { channel: 'ipfs' },
    cause,
  });
}

function tooMuch(location: string, maxBytes: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${location} gives more than the ${maxBytes} bytes that a block can have`, {
    hint: 'do not use this gateway; fetch from another channel',
    details: { channel: 'ipfs' },
  });
}
