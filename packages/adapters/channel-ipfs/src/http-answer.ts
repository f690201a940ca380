import type { Agent as HttpAgent, IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';

/** Where something is asked over HTTP. */
export interface HttpPlace {
  readonly agent: HttpAgent | HttpsAgent;
  /** For messages, without credentials. */
  readonly location: string;
  /** A connection that gives nothing for so long is given up. */
  readonly idleMs: number;
}

export interface HttpQuestion {
  readonly url: URL;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A URL as messages show it. */
export function locationOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/$/, '')}`;
}

/** Sends a request without a body. Redirects are not followed. @throws UNVERIFIABLE; the signal's reason */
export function respond(
  place: HttpPlace,
  { url, method, headers = {}, signal }: HttpQuestion,
): Promise<IncomingMessage> {
  const { agent, location, idleMs } = place;
  return new Promise((resolve, reject) => {
    const options = { agent, method, headers, timeout: idleMs, ...(signal === undefined ? {} : { signal }) };
    const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = begin(url, options, resolve);
    request.once('timeout', () => request.destroy(unreachable(location, `gave nothing for ${idleMs / 1000} seconds`)));
    request.on('error', (cause) => reject(httpFailure(location, cause, signal)));
    request.end();
  });
}

/** @throws LIMIT when more comes than a block may have; UNVERIFIABLE when it breaks off; the signal's reason */
export async function readBody(
  response: IncomingMessage,
  location: string,
  maxBytes: number,
  signal?: AbortSignal,
  into?: Uint8Array,
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
    throw httpFailure(location, cause, signal);
  }
}

export function httpFailure(location: string, cause: unknown, signal: AbortSignal | undefined): unknown {
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
