import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Sha256 } from '@weighbridge/core/brands';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { openRegular, type RegularFile } from '@weighbridge/durable-files/regular-file';
import { HttpRefusal } from './http-refusal.js';
import { objectPath } from './lfs-objects.js';

const ONE_RANGE = /^bytes=([0-9]{1,16})-([0-9]{0,16})$/;

/** Hands out an object, whole or from a byte on. @throws HttpRefusal 404, 410, 416 */
export async function sendObject(
  repository: string,
  oid: Sha256,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const opened = await openRegular(objectPath(repository, oid));
  if (opened === 'absent') throw new HttpRefusal(404, 'there is no such object');
  if (typeof opened === 'string') throw new HttpRefusal(410, 'the object is gone');
  try {
    await sendOpened(opened, `"${oid}"`, request, response);
  } finally {
    await opened.handle.close();
  }
}

async function sendOpened(
  { handle, sizeBytes }: RegularFile,
  etag: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('etag', etag);
  response.setHeader('cache-control', 'public, max-age=31536000, immutable');
  response.setHeader('accept-ranges', 'bytes');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const { from, to, partial } = requestedRange(request.headers, etag, sizeBytes);
  if (partial) response.setHeader('content-range', `bytes ${from}-${to}/${sizeBytes}`);
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('content-length', to - from + 1);
  response.writeHead(partial ? 206 : 200);
  if (request.method === 'HEAD' || to < from) response.end();
  else {
    const options = { start: from, end: to, autoClose: false, highWaterMark: CHUNK_BYTES };
    await pipeline(handle.createReadStream(options), response);
  }
}

/** Ends included. Ranges of another form are passed over, as the standard allows. @throws HttpRefusal 416 */
function requestedRange(
  headers: IncomingHttpHeaders,
  etag: string,
  sizeBytes: number,
): { readonly from: number; readonly to: number; readonly partial: boolean } {
  const whole = { from: 0, to: sizeBytes - 1, partial: false };
  if ((headers['if-range'] ?? etag) !== etag) return whole;
  const [, first = '', last = ''] = ONE_RANGE.exec(headers.range ?? '') ?? [];
  if (first === '') return whole;
  const from = Number(first);
  const to = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1);
  if (last !== '' && Number(last) < from) return whole;
  if (from < sizeBytes) return { from, to, partial: true };
  throw new HttpRefusal(416, 'the object ends before that', { 'content-range': `bytes */${sizeBytes}` });
}
