import { createHash, type Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { OpenedFile, TapOptions } from '@weighbridge/core/digest-engine';
import { systemErrorCode, type WeighbridgeError } from '@weighbridge/core/errors';
import { CHUNK_BYTES, chunkCount } from '@weighbridge/core/tree';
import type { EventLoopTurns } from './event-loop-turns.js';
import { refusalOf } from './read-fault.js';

/** What the event loop may be held up for: 0.4 ms for a tree, 1 ms for all digests. Divides a chunk. */
export const SLICE_BYTES = 131_072;

export interface Sink {
  update(bytes: Uint8Array): unknown;
}

/** Digests on the main thread: one slice a turn of the event loop, however many files are asked for at once. */
export class InlineDigests {
  private readonly slice = new Uint8Array(SLICE_BYTES);

  constructor(private readonly turns: EventLoopTurns) {}

  /** Reads a file once, for all sinks. */
  async feed(file: OpenedFile, sinks: readonly Sink[], options: TapOptions): Promise<void> {
    options.signal?.throwIfAborted();
    const tap = options.onChunk === undefined ? undefined : new ChunkTap(file.sizeBytes, options.onChunk);
    for (let at = 0; at < file.sizeBytes; at += SLICE_BYTES) {
      await this.turns.next();
      options.signal?.throwIfAborted();
      const bytes = readSlice(file, at, this.slice);
      for (const sink of sinks) sink.update(bytes);
      tap?.take(bytes, at);
      options.onBytes?.(bytes.length);
      await tap?.handOn(at + bytes.length);
    }
  }
}

/** Gathers the slices of a chunk, which other files overwrite, and hands them on as a whole. */
class ChunkTap {
  private readonly chunk: Uint8Array;

  constructor(
    private readonly sizeBytes: number,
    private readonly onChunk: NonNullable<TapOptions['onChunk']>,
  ) {
    this.chunk = new Uint8Array(Math.min(CHUNK_BYTES, sizeBytes));
  }

  take(slice: Uint8Array, at: number): void {
    this.chunk.set(slice, at % CHUNK_BYTES);
  }

  async handOn(end: number): Promise<void> {
    if (end % CHUNK_BYTES !== 0 && end !== this.sizeBytes) return;
    const index = chunkCount(end) - 1;
    await this.onChunk(this.chunk.subarray(0, end - index * CHUNK_BYTES), index);
  }
}

/** One digest of each chunk, concatenated. Takes slices that do not cross the border of a chunk. */
export class ChunkDigests implements Sink {
  readonly bytes: Uint8Array;
  private hash: Hash;
  private have = 0;

  constructor(
    private readonly algorithm: 'sha3-512' | 'sha256',
    private readonly digestBytes: number,
    private readonly sizeBytes: number,
  ) {
    this.bytes = new Uint8Array(chunkCount(sizeBytes) * digestBytes);
    this.hash = createHash(algorithm);
  }

  update(bytes: Uint8Array): void {
    this.hash.update(bytes);
    this.have += bytes.length;
    if (this.have % CHUNK_BYTES !== 0 && this.have !== this.sizeBytes) return;
    this.bytes.set(this.hash.digest(), (chunkCount(this.have) - 1) * this.digestBytes);
    this.hash = createHash(this.algorithm);
  }
}

function readSlice(file: OpenedFile, from: number, into: Uint8Array): Uint8Array {
  const length = Math.min(SLICE_BYTES, file.sizeBytes - from);
  for (let have = 0; have < length; ) {
    const got = readSome(file, into, have, length - have, from + have);
    if (got === 0) throw refusalOf({ kind: 'ended', at: from + have }, file.sizeBytes);
    have += got;
  }
  return into.subarray(0, length);
}

function readSome(file: OpenedFile, into: Uint8Array, offset: number, length: number, at: number): number {
  try {
    return readSync(file.fd, into, offset, length, at);
  } catch (error) {
    throw unreadable(error, at, file.sizeBytes);
  }
}

function unreadable(error: unknown, at: number, sizeBytes: number): WeighbridgeError {
  const code = systemErrorCode(error) ?? 'an unknown error';
  return refusalOf({ kind: 'unreadable', at, code, message: String(error) }, sizeBytes);
}
