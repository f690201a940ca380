import type { ServerResponse } from 'node:http';
import type { Digest } from '@weighbridge/core/brands';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import type { ByteRange } from './byte-range.js';
import { drained } from './verified-file.js';

const PIECE_BYTES = 1024 * 1024;

export interface WantedPackage {
  readonly packageDigest: Digest;
  readonly range: ByteRange | undefined;
  readonly isHead: boolean;
  readonly signal: AbortSignal;
}

/** Sends a package, whose bytes are all bound by its digest: whoever applies it compares them. Closes the file. */
export async function sendPackage(response: ServerResponse, file: ReadableFile, wanted: WantedPackage): Promise<void> {
  try {
    await send(response, file, wanted);
  } finally {
    await file.close();
  }
}

async function send(
  response: ServerResponse,
  file: ReadableFile,
  { packageDigest, range, isHead, signal }: WantedPackage,
): Promise<void> {
  const { first, end } = range ?? { first: 0, end: file.sizeBytes };
  response.writeHead(range === undefined ? 200 : 206, {
    'content-type': 'application/octet-stream',
    'content-length': end - first,
    'accept-ranges': 'bytes',
    etag: `"${packageDigest}"`,
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${end - 1}/${file.sizeBytes}` }),
  });
  for (let at = first; !isHead && at < end; at += PIECE_BYTES) {
    signal.throwIfAborted();
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, end - at));
    file.readInto(at, piece);
    if (!response.write(piece)) await drained(response, signal);
  }
  response.end();
}
