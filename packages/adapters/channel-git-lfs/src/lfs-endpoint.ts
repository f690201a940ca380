import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { isRepository } from './bare-repository.js';
import { HttpRefusal } from './http-refusal.js';
import { answerBatch, parseBatch } from './lfs-batch.js';
import { type LfsRoute, parseLfsRoute } from './lfs-route.js';
import { sendObject } from './object-answer.js';
import { readRequestBody } from './request-body.js';
import { sendPack, sendRefs } from './upload-pack.js';

export interface LfsEndpointOptions {
  /** `git/` of a home folder. */
  readonly folder: string;
  /** The path that whoever mounts this listener has cut off, for example `/git`. */
  readonly mountedAt?: string;
  /** Where clients reach this listener; default: the host that they ask. */
  readonly baseUrl?: string;
}

const LFS_JSON = 'application/vnd.git-lfs+json';
/** 1,000 objects stay below. */
const MAX_BATCH_BYTES = 256 * 1024;
const HOST = /^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/;

/**
 * Models below `/<namespace>/<name>.git`, read-only: git's smart protocol, Git LFS's batch API and the objects.
 * Whoever mounts it asks for tokens, and sets limits on headers, connections and idle time.
 */
export function createLfsEndpoint(options: LfsEndpointOptions): RequestListener {
  return (request, response) => {
    answer(options, request, response).catch((error: unknown) => refuse(response, error));
  };
}

async function answer(options: LfsEndpointOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  const route = parseLfsRoute(request.method ?? '', request.url ?? '');
  const repository = join(options.folder, `${route.model}.git`);
  if (!(await isRepository(repository))) throw new HttpRefusal(404, 'there is no such repository');
  await ANSWERS[route.kind]({ options, repository, route, request, response });
}

interface Question {
  readonly options: LfsEndpointOptions;
  readonly repository: string;
  readonly route: LfsRoute;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

const ANSWERS: Readonly<Record<LfsRoute['kind'], (question: Question) => Promise<void>>> = {
  refs: ({ repository, request, response }) => sendRefs(repository, request, response),
  pack: ({ repository, request, response }) => sendPack(repository, request, response),
  async object({ repository, route, request, response }) {
    if (route.kind === 'object') await sendObject(repository, route.oid, request, response);
  },
  async batch({ options, repository, route, request, response }) {
    const batch = parseBatch(await readRequestBody(request, MAX_BATCH_BYTES));
    const base = `${baseOf(options, request)}/${route.model}.git/info/lfs/objects/`;
    sendJson(response, 200, await answerBatch(repository, batch, (oid) => `${base}${oid}`));
  },
  async locks({ response }) {
    sendJson(response, 200, { locks: [] });
  },
  async 'verify-locks'({ request, response }) {
    await readRequestBody(request, MAX_BATCH_BYTES);
    sendJson(response, 200, { ours: [], theirs: [] });
  },
};

function baseOf({ baseUrl, mountedAt = '' }: LfsEndpointOptions, { headers, socket }: IncomingMessage): string {
  if (baseUrl !== undefined) return baseUrl.replace(/\/$/, '');
  const host = headers.host ?? '';
  if (!HOST.test(host)) throw new HttpRefusal(400, 'the request names no host');
  return `${'encrypted' in socket ? 'https' : 'http'}://${host}${mountedAt}`;
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    // Broken off, so that nobody takes it for whole.
    response.destroy();
    return;
  }
  const { status, message, headers } =
    error instanceof HttpRefusal ? error : new HttpRefusal(500, 'the store cannot be read');
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { message });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.setHeader('content-type', LFS_JSON);
  response.removeHeader('cache-control');
  response.writeHead(status).end(JSON.stringify(body));
}
