import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RelativePath } from '@weighbridge/core/brands';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import type { FetchedFile, FetchPlace } from '../fetch-place.js';
import { refuse } from './fake-refusal.js';

/**
 * A place in memory that outlives broken-off runs. Opened files have real descriptors, of files without a name, so that any
 * digest engine can read them.
 */
export class FakeFetchPlace implements FetchPlace {
  readonly location = '/fake/target';
  /** What was put together so far; `.weighbridge/` too. */
  readonly files = new Map<string, Uint8Array>();
  isFinished = false;
  isClosed = false;
  freeBytes = Number.MAX_SAFE_INTEGER;
  /** Chunks that were written, as `path:index`. */
  readonly written: string[] = [];
  /** So many chunks are written, then the power goes. */
  powerFor = Number.POSITIVE_INFINITY;
  /** What the disk makes of a chunk. */
  disk: (chunk: Uint8Array) => Uint8Array = (chunk) => chunk;

  async requireRoom(bytes: number): Promise<void> {
    if (bytes > this.freeBytes) refuse('IO', `${bytes} bytes do not fit`);
  }

  async open(path: RelativePath, sizeBytes: number): Promise<FetchedFile> {
    const before = this.files.get(path);
    const bytes = new Uint8Array(sizeBytes);
    bytes.set((before ?? new Uint8Array()).subarray(0, sizeBytes));
    this.files.set(path, bytes);
    const fd = namelessFile(bytes);
    return {
      fd,
      sizeBytes,
      isNew: before === undefined,
      readInto: (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
      write: async (index, chunk) => {
        if (this.written.length >= this.powerFor) throw new Error('the power is gone');
        const landed = this.disk(chunk.slice());
        bytes.set(landed, index * CHUNK_BYTES);
        writeSync(fd, landed, 0, landed.length, index * CHUNK_BYTES);
        this.written.push(`${path}:${index}`);
      },
      sync: async () => {},
      close: async () => closeSync(fd),
    };
  }

  async putMetadata(path: string, bytes: Uint8Array): Promise<void> {
    this.files.set(`.weighbridge/${path}`, bytes.slice());
  }

  async finish(): Promise<void> {
    this.isFinished = true;
  }

  async discard(): Promise<void> {
    this.files.clear();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function namelessFile(bytes: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-fake-'));
  try {
    writeFileSync(join(folder, 'file'), bytes);
    return openSync(join(folder, 'file'), 'r+');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
