import { createHash, type Hash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { DigestOptions, OpenedFile } from '@weighbridge/core/digest-engine';
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
  async feed(file: OpenedFile, sinks: readonly Sink[], options: DigestOptions): Promise<void> {
    options.signal?.throwIfAborted();
    for (let at = 0; at < file.sizeBytes; at += SLICE_BYTES) {
      await this.turns.next();
      options.signal?.throwIfAborted();
      const bytes = readSlice(file, at, this.slice);
      for (const sink of sinks) sink.update(bytes);
      options.onBytes?.(bytes.length);
    }
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
