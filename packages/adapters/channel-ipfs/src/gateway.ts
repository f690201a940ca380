import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { type Cid, cidText, RAW, SHA2_256 } from '@weighbridge/manifest/cid-bytes';
import { type Blocks, type DigestChunk, readVerified } from './blocks.js';
import { ChunkMemory } from './chunk-memory.js';
import { byteRange, matchesEtag } from './conditional-request.js';
import { type DagWalkDoors, readDagBlock, type WalkedBlock, walkDag, walkEntity, walkPath } from './dag-walk.js';
import { carOf } from './export-car.js';
import { BadRequest, type CarRequest, EMPTY_CID, parseGatewayRequest, type RawRequest } from './gateway-request.js';

export interface GatewayOptions {
  readonly blocks: Blocks;
  readonly digestChunk: DigestChunk;
}

interface GatewayDoors extends DagWalkDoors {
  readonly memory: ChunkMemory;
}

const IMMUTABLE = 'public, max-age=29030400, immutable';
const NOT_FOUND = 404;
const DAMAGED = 500;

/**
 * A trustless gateway: blocks and CARs by CID, each block verified before it leaves. It must sit at the root of a port.
 * Limits on headers, connections and idle time are the server's.
 */
export function createGateway({ blocks, digestChunk }: GatewayOptions): RequestListener {
  const memory = new ChunkMemory();
  return (request, response) => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    answer({ blocks, digestChunk, memory, signal: gone.signal }, request, response).catch((error: unknown) => {
      refuse(response, error);
    });
  };
}

async function answer(doors: GatewayDoors, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('x-content-type-options', 'nosniff');
  // Nothing that a request brings is read.
  request.resume();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    throw new BadRequest(405, 'a gateway is only read from');
  }
  const asked = parseGatewayRequest(request.url ?? '', request.headers.accept ?? '');
  if (asked.kind === 'empty') sendBytes(request, response, EMPTY_CID, new Uint8Array(0));
  else if (asked.kind === 'raw') await sendBlock(doors, asked, request, response);
  else await sendCar(doors, asked, request, response);
}

async function sendBlock(
  doors: GatewayDoors,
  { root, path }: RawRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { end } = await walkPath(doors, root, path);
  const name = cidText(end.bytes);
  if (end.codec !== RAW || end.hash !== SHA2_256) {
    sendBytes(request, response, name, (await readDagBlock(doors, end)).block);
    return;
  }
  await doors.memory.lend(CHUNK_BYTES, async (memory) => {
    const { blocks, digestChunk, signal } = doors;
    sendBytes(request, response, name, await readVerified(blocks, digestChunk, end, CHUNK_BYTES, signal, memory));
    // The memory is the next one's only when all of it was handed to the system.
    if (!response.closed) await once(response, 'close');
  });
}

function sendBytes(request: IncomingMessage, response: ServerResponse, name: string, block: Uint8Array): void {
  const etag = `"${name}.raw"`;
  sharedHeaders(request, response, etag);
  response.setHeader('content-type', 'application/vnd.ipld.raw');
  response.setHeader('content-disposition', `attachment; filename="${name}.bin"`);
  response.setHeader('accept-ranges', 'bytes');
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  const range = byteRange(request.headers, etag, block.length);
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${block.length}`);
    throw new BadRequest(416, 'the block ends before that');
  }
  const part = range === undefined ? block : block.subarray(range.from, range.to + 1);
  if (range !== undefined) response.setHeader('content-range', `bytes ${range.from}-${range.to}/${block.length}`);
  response.setHeader('content-length', part.length);
  response.writeHead(range === undefined ? 200 : 206);
  response.end(request.method === 'HEAD' ? undefined : part);
}

async function sendCar(
  doors: DagWalkDoors,
  asked: CarRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { through, end } = await walkPath(doors, asked.root, asked.path);
  // Read before the status is sent: what is absent or rotten at the top is no 200.
  await readDagBlock(doors, end);
  const name = cidText(end.bytes);
  const { bytes, scope, dups } = asked;
  const etag = `W/"${name}.car.${scope}.${bytes?.from ?? ''}:${bytes?.to ?? ''}.${dups ? 'y' : 'n'}.${asked.path.length}"`;
  sharedHeaders(request, response, etag);
  response.setHeader('content-type', `application/vnd.ipld.car; version=1; order=dfs; dups=${dups ? 'y' : 'n'}`);
  response.setHeader('content-disposition', `attachment; filename="${name}.car"`);
  response.setHeader('accept-ranges', 'none');
  if (matchesEtag(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200);
  if (request.method === 'GET') {
    const wanted = carBlocks(doors, asked, through, end);
    for await (const piece of carOf(end, wanted)) {
      if (!response.write(piece)) await once(response, 'drain', { signal: doors.signal! });
    }
  }
  response.end();
}

async function* carBlocks(
  doors: DagWalkDoors,
  { scope, bytes, dups }: CarRequest,
  through: readonly WalkedBlock[],
  end: Cid,
): AsyncGenerator<WalkedBlock, void, undefined> {
  yield* through;
  const seen = dups ? undefined : new Set(through.map(({ cid }) => cidText(cid.bytes)));
  if (scope === 'all') yield* walkDag(doors, end, seen);
  else if (scope === 'entity') yield* walkEntity(doors, end, bytes, seen);
  else yield await readDagBlock(doors, end);
}

function sharedHeaders(request: IncomingMessage, response: ServerResponse, etag: string): void {
  response.setHeader('etag', etag);
  response.setHeader('cache-control', IMMUTABLE);
  response.setHeader('x-ipfs-path', (request.url ?? '').split('?')[0]!);
}

/** A sentence where nothing was sent yet; else the connection ends in the middle, so that nobody takes it for whole. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  for (const name of ['etag', 'content-disposition', 'content-length', 'accept-ranges']) response.removeHeader(name);
  const status = error instanceof BadRequest ? error.status : statusOf(error);
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.setHeader('cache-control', 'no-store');
  response.writeHead(status);
  response.end(`${error instanceof BadRequest ? error.message : sentence(status)}\n`);
}

function statusOf(error: unknown): number {
  return isWeighbridgeError(error) && error.code === 'UNVERIFIABLE' ? NOT_FOUND : DAMAGED;
}

/** Says nothing of folders on this machine. */
function sentence(status: number): string {
  return status === NOT_FOUND ? 'this gateway does not hold that' : 'this gateway cannot read that block';
}
