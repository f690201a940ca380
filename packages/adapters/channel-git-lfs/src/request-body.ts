import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { HttpRefusal } from './http-refusal.js';

/** Reads the body of a request; what is compressed counts as what it unpacks to. @throws HttpRefusal 413, 415, 400 */
export async function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of unpacked(request)) {
    bytes += piece.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
}

async function* unpacked(request: IncomingMessage): AsyncGenerator<Buffer, void, undefined> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return yield* request as AsyncIterable<Buffer>;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw new HttpRefusal(415, 'send the body plain or as gzip');
  const gunzip = createGunzip();
  request.once('error', (error) => gunzip.destroy(error));
  try {
    yield* request.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch (cause) {
    throw cause instanceof HttpRefusal ? cause : new HttpRefusal(400, 'the body is no whole gzip');
  } finally {
    request.unpipe(gunzip);
    gunzip.destroy();
  }
}

function tooLarge(maxBytes: number): HttpRefusal {
  // What follows is not read, so the connection is of no use any more.
  return new HttpRefusal(413, `a body here has at most ${maxBytes} bytes`, { connection: 'close' });
}
