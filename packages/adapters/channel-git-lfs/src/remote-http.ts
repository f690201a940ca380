import { Agent as HttpAgent, type IncomingMessage, type OutgoingHttpHeaders, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { type AddressScope, guardedLookup, maySendTo, refusedAddress, scopeOf } from './address-scope.js';
import type { RemoteAddress } from './remote-address.js';
import { asRemoteFailure, gaveTooMuch, remoteFailure } from './remote-failure.js';

export interface RemoteQuestion {
  readonly url: URL;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Asks a server, and those that it names. */
export interface RemoteHttp {
  /** Sends our credentials to the remote's own origin alone. Redirects come back as they are. @throws UNVERIFIABLE */
  ask(question: RemoteQuestion): Promise<IncomingMessage>;
  close(): void;
}

const MOST_SOCKETS = 16;

/** Connections to a remote, and to where it may send us: no nearer to us than it is itself. */
export function createRemoteHttp(remote: RemoteAddress, idleMs: number): RemoteHttp {
  let reachedAt: AddressScope | undefined;
  const own = guardedLookup((address) => {
    reachedAt = scopeOf(address);
    return true;
  }) as LookupFunction;
  const allowed = (address: string): boolean => maySendTo(reachedAt ?? 'public', scopeOf(address));
  const others = guardedLookup(allowed) as LookupFunction;
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: MOST_SOCKETS }),
  };
  return {
    ask({ url, method = 'GET', headers = {}, body, signal }) {
      const isOwn = url.origin === remote.origin;
      const host = url.hostname.replace(/^\[|\]$/g, '');
      // No name, no lookup: looked at here.
      if (isIP(host) !== 0) {
        if (isOwn) reachedAt = scopeOf(host);
        else if (!allowed(host)) throw refusedAddress(url.host);
      }
      const all: OutgoingHttpHeaders = { 'accept-encoding': 'identity', ...headers };
      if (isOwn && remote.authorization !== undefined) all.authorization = remote.authorization;
      const agent = agents[url.protocol as keyof typeof agents];
      const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const lookup = isOwn ? own : others;
      return new Promise((resolve, reject) => {
        const location = `${url.origin}${url.pathname}`;
        const request = begin(url, { agent, method, headers: all, lookup, ...(signal && { signal }) });
        const timer = setTimeout(() => request.destroy(silent(location, idleMs)), idleMs);
        request.once('response', (response) => {
          clearTimeout(timer);
          resolve(response);
        });
        request.on('error', (cause) => {
          clearTimeout(timer);
          reject(asRemoteFailure(location, cause, signal));
        });
        request.end(body);
      });
    },
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function silent(location: string, idleMs: number): Error {
  return remoteFailure(location, `gave nothing for ${idleMs / 1000} seconds`);
}

/** The body of an answer, piece by piece; its connection ends when the consumer leaves. @throws UNVERIFIABLE, the signal's reason */
export async function* bodyOf(
  response: IncomingMessage,
  location: string,
  idleMs: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const pieces = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      // Idle while the consumer works is nobody's fault.
      const timer = setTimeout(() => response.destroy(silent(location, idleMs)), idleMs);
      const next = await pieces.next().finally(() => clearTimeout(timer));
      if (next.done === true) break;
      yield next.value;
    }
    if (!response.complete) throw remoteFailure(location, 'broke off');
  } catch (cause) {
    throw asRemoteFailure(location, cause, signal);
  } finally {
    if (!response.complete) response.destroy();
  }
}

/** @throws LIMIT, UNVERIFIABLE, the signal's reason */
export async function readBody(
  response: IncomingMessage,
  location: string,
  {
    maxBytes,
    idleMs,
    signal,
  }: { readonly maxBytes: number; readonly idleMs: number; readonly signal?: AbortSignal | undefined },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of bodyOf(response, location, idleMs, signal)) {
    bytes += piece.length;
    if (bytes > maxBytes) throw gaveTooMuch(location, maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
}
