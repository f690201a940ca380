import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gitOutput } from './git-output.js';
import { HttpRefusal } from './http-refusal.js';
import { readRequestBody } from './request-body.js';

/** What a client wants and has: 20,000 commits stay below. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** Packing is work of a whole process. */
const MOST_AT_ONCE = 8;
const IDLE_MS = 60_000;
const PROTOCOL = /^version=[012]$/;
/** The folder is one of ours, whoever owns it. */
const SETTINGS = ['safe.directory=*', 'uploadpack.hideRefs=refs/notes'];

let running = 0;

/** Tells a git client what there is. */
export async function sendRefs(repository: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  begin(response, 'advertisement');
  // From version 2 on the service is not announced.
  if (protocolOf(request) !== 'version=2') response.write('001e# service=git-upload-pack\n0000');
  await run(repository, ['--advertise-refs'], Buffer.alloc(0), request, response);
}

/** Packs what a git client asks for. @throws HttpRefusal 413, 415, 503 */
export async function sendPack(repository: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers['content-type'] !== 'application/x-git-upload-pack-request')
    throw new HttpRefusal(415, 'the body is an application/x-git-upload-pack-request');
  const body = await readRequestBody(request, MAX_BODY_BYTES);
  begin(response, 'result');
  await run(repository, [], body, request, response);
}

function begin(response: ServerResponse, what: string): void {
  if (running >= MOST_AT_ONCE) throw new HttpRefusal(503, 'too many clients at once', { 'retry-after': '5' });
  response.setHeader('content-type', `application/x-git-upload-pack-${what}`);
  response.setHeader('cache-control', 'no-cache');
}

async function run(
  repository: string,
  options: readonly string[],
  input: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // A client that takes nothing does not hold a process.
  response.setTimeout(IDLE_MS, () => response.destroy());
  const protocol = protocolOf(request);
  const args = ['upload-pack', '--stateless-rpc', '--strict', ...options, repository];
  running += 1;
  try {
    const pieces = gitOutput(repository, args, {
      input,
      settings: SETTINGS,
      environment: protocol === undefined ? {} : { GIT_PROTOCOL: protocol },
      idleMs: IDLE_MS,
      signal: gone.signal,
    });
    for await (const piece of pieces) {
      if (!response.write(piece)) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } finally {
    running -= 1;
  }
}

function protocolOf({ headers }: IncomingMessage): string | undefined {
  const asked = headers['git-protocol'];
  return typeof asked === 'string' && PROTOCOL.test(asked) ? asked : undefined;
}
