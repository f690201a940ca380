import type { IncomingMessage } from 'node:http';
import { type Cid, cidText } from '@weighbridge/manifest/cid-bytes';
import { absentBlock, type Blocks } from './blocks.js';
import { type HttpPlace, locationOf, readBody, respond, unreachable } from './http-answer.js';
import { keptOpen } from './http-blocks.js';

export interface KuboRpcOptions {
  /** Of the RPC, for example http://127.0.0.1:5001; no credentials in it. */
  readonly api: URL;
  /** The `authorization` header that the node wants. */
  readonly authorization: string | undefined;
  readonly idleMs: number;
}

/** What the streamed calls of a node's RPC share. */
export interface KuboRpc extends HttpPlace {
  readonly headers: Readonly<Record<string, string>>;
  url(call: string, parameters: Readonly<Record<string, string>>): URL;
  /** Removes a block, pinned ones excepted; an absent one is forgotten. @throws UNVERIFIABLE */
  removeBlock(cid: Cid, signal?: AbortSignal): Promise<void>;
  close(): void;
}

const MOST_ANSWER_BYTES = 65_536;

export function createKuboRpc({ api, authorization, idleMs }: KuboRpcOptions): KuboRpc {
  const base = api.pathname.replace(/\/$/, '');
  const rpc: KuboRpc = {
    agent: keptOpen(api),
    location: locationOf(api),
    idleMs,
    headers: authorization === undefined ? {} : { authorization },
    url: (call, parameters) => new URL(`${base}/api/v0/${call}?${new URLSearchParams(parameters)}`, api),
    async removeBlock(cid, signal) {
      const url = rpc.url('block/rm', { arg: cidText(cid.bytes), force: 'true' });
      await answerOf(await respond(rpc, { url, method: 'POST', headers: rpc.headers, signal }), rpc.location, signal);
    },
    close: () => rpc.agent.destroy(),
  };
  return rpc;
}

/**
 * Blocks of a Kubo node, as they lie there: it serves rotten ones too.
 * @param offline whether only what the node itself holds counts; else it may ask other nodes
 */
export function createKuboBlocks(rpc: KuboRpc, offline: boolean): Blocks {
  return {
    location: rpc.location,
    async read(cid, maxBytes, signal, into) {
      signal?.throwIfAborted();
      const url = rpc.url('block/get', { arg: cidText(cid.bytes), ...(offline ? { offline: 'true' } : {}) });
      const response = await respond(rpc, { url, method: 'POST', headers: rpc.headers, signal });
      if (response.statusCode !== 200) throw await refusedBlock(response, rpc.location, cid, signal);
      const block = await readBody(response, rpc.location, maxBytes, signal, into);
      requireNoStreamError(response, rpc.location);
      return block;
    },
  };
}

/** The text of a small answer. @throws UNVERIFIABLE for anything but 200; LIMIT */
export async function answerOf(response: IncomingMessage, location: string, signal?: AbortSignal): Promise<string> {
  const text = Buffer.from(await readBody(response, location, MOST_ANSWER_BYTES, signal)).toString();
  if (response.statusCode !== 200) throw refusal(response.statusCode!, location, text);
  requireNoStreamError(response, location);
  return text;
}

/** A node that fails in the middle of an answer says so in a trailer alone, and ends it in good order. */
function requireNoStreamError({ trailers }: IncomingMessage, location: string): void {
  const problem = trailers['x-stream-error'];
  if (problem !== undefined && problem !== '') throw unreachable(location, 'broke off its answer', problem);
}

/** Errors of Kubo are 500 with a text, and have no code of their own. */
async function refusedBlock(
  response: IncomingMessage,
  location: string,
  cid: Cid,
  signal: AbortSignal | undefined,
): Promise<Error> {
  const text = Buffer.from(await readBody(response, location, MOST_ANSWER_BYTES, signal)).toString();
  const isAbsent = response.statusCode === 500 && /could not find|not found/.test(text);
  return isAbsent ? absentBlock({ location }, cid) : refusal(response.statusCode!, location, text);
}

function refusal(status: number, location: string, text: string): Error {
  if (status === 401 || status === 403) return forbidden(location);
  return unreachable(location, `answers ${status}`, text.slice(0, 200));
}

export function forbidden(location: string): Error {
  return unreachable(location, 'refuses our token, or wants one (403)');
}
