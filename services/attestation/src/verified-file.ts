import type { ServerResponse } from 'node:http';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { CHUNK_BYTES, leafAt } from '@weighbridge/core/tree';
import { type ChannelFault, faultOf, wrongChunk } from '@weighbridge/journeys/channel-fault';
import { findLeaves, type PartsDoors } from '@weighbridge/journeys/find-parts';
import { withIdleLimit } from '@weighbridge/journeys/idle-limit';
import { wholeChunks } from '@weighbridge/journeys/whole-chunks';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';
import type { Channel, PublishedRelease } from '@weighbridge/ports/channel';
import type { ByteRange } from './byte-range.js';

export interface WantedFile {
  readonly release: PublishedRelease;
  readonly manifest: Manifest;
  readonly file: ManifestFile;
  readonly range: ByteRange | undefined;
  readonly isHead: boolean;
}

export interface FileDoors extends PartsDoors {
  readonly engine: DigestEngine;
}

/**
 * Sends a file from the channels. The head goes out with the first chunk that is good, so that a file that no channel
 * has is a refusal; one that ends later breaks the connection, and the client sees that bytes are missing.
 */
export async function sendVerifiedFile(response: ServerResponse, doors: FileDoors, wanted: WantedFile): Promise<void> {
  const { file, range, isHead } = wanted;
  const { first, end } = range ?? { first: 0, end: file.size };
  const head = () =>
    response.writeHead(range === undefined ? 200 : 206, {
      'content-type': 'application/octet-stream',
      'content-length': end - first,
      'accept-ranges': 'bytes',
      etag: `"${file.sha256}"`,
      ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${end - 1}/${file.size}` }),
    });
  if (isHead || first === end) {
    head().end();
    return;
  }
  for await (const bytes of oneAhead(verifiedBytes(doors, wanted, { first, end }))) {
    if (!response.headersSent) head();
    if (!response.write(bytes)) await drained(response, doors.signal);
  }
  response.end();
}

async function* verifiedBytes(
  doors: FileDoors,
  wanted: WantedFile,
  { first, end }: ByteRange,
): AsyncGenerator<Buffer, void, undefined> {
  const firstChunk = Math.floor(first / CHUNK_BYTES);
  const endChunk = Math.ceil(end / CHUNK_BYTES);
  let index = firstChunk;
  for await (const chunk of verifiedChunks(doors, wanted, firstChunk, endChunk)) {
    const at = index * CHUNK_BYTES;
    // A copy: the next chunk lies in the same memory, and the socket may not have sent this one by then.
    yield Buffer.from(chunk.subarray(Math.max(0, first - at), Math.min(chunk.length, end - at)));
    index += 1;
  }
}

/** Fetches and digests the next piece while this one is sent. */
async function* oneAhead<T>(pieces: AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = pieces.next(); ; ) {
      const piece = await next;
      if (piece.done === true) return;
      next = pieces.next();
      // It is looked at above, or nobody wants it any more.
      next.catch(() => {});
      yield piece.value;
    }
  } finally {
    await pieces.return();
  }
}

/** Chunks that are what their leaves say; what one channel gives wrong or not at all is taken from the next. */
async function* verifiedChunks(doors: FileDoors, wanted: WantedFile, first: number, end: number) {
  const { release, manifest, file } = wanted;
  const leaves = (await findLeaves(doors, release, { ...manifest, files: [file] })).get(file.tree)!;
  let index = first;
  let faults: ChannelFault[] = [];
  const left = [...doors.channels];
  while (index < end) {
    const channel = left.shift();
    if (channel === undefined) throw lost(file, index, faults);
    try {
      for await (const chunk of chunksOf(doors, channel, wanted, index, end)) {
        const found = await doors.engine.digestChunk('sha3-512', chunk);
        const expected = leafAt(leaves, index);
        if (!bytesEqual(found, expected)) {
          faults.push(wrongChunk(channel.name, file.path, index, toHex(expected), toHex(found)));
          break;
        }
        yield chunk;
        index += 1;
        if (faults.length > 0) {
          // The next chunk may be good again where this one was not.
          doors.faults.push(...faults);
          faults = [];
          left.push(...doors.channels.filter((one) => one !== channel && !left.includes(one)));
        }
      }
    } catch (error) {
      doors.signal.throwIfAborted();
      faults.push(faultOf(channel.name, file.path, error, index));
    }
  }
}

function chunksOf(
  { idleMs, signal }: FileDoors,
  channel: Channel,
  { release, file }: WantedFile,
  first: number,
  end: number,
) {
  const pieces = withIdleLimit((ended) => channel.open(release, file, first * CHUNK_BYTES, ended), idleMs, signal);
  return wholeChunks(pieces, file.size, first, end);
}

function lost({ path }: ManifestFile, chunk: number, faults: readonly ChannelFault[]): WeighbridgeError {
  const wrong = faults.find(({ problem }) => problem === 'wrong');
  const { message: _, problem: __, ...details } = wrong ?? faults[0] ?? { message: '', problem: '' };
  const said = faults.length === 0 ? 'there is no channel' : faults.map(({ message }) => message).join('; ');
  return new WeighbridgeError(
    wrong === undefined ? 'UNVERIFIABLE' : 'TAMPERED',
    `no channel has chunk ${chunk} of ${showPath(path)}: ${said}`,
    { hint: 'GET /v1/channels says which can be reached; register the same files again to publish them anew', details },
  );
}

/** Waits until a client that reads slowly takes more. @throws the signal's reason when it went away */
export async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
  signal.throwIfAborted();
}
