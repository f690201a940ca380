import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type {
  ChunkAlgorithm,
  DigestEngine,
  DigestOptions,
  FullDigests,
  OpenedFile,
  TapOptions,
} from '@weighbridge/core/digest-engine';
import { CHUNK_BYTES, chunkCount } from '@weighbridge/core/tree';
import { digestsOf } from '@weighbridge/verify/testing/release';

/** Digests in memory, and remembers what was asked. */
export class FakeEngine implements DigestEngine {
  readonly name = 'fake';
  readonly asked: ('tree' | 'all')[] = [];
  /** Called after a file was read, before its digests are handed out. */
  afterRead: () => void = () => {};

  digestTree: DigestEngine['digestTree'] = async (file, options) => {
    const { sizeBytes, tree, leaves } = this.digest('tree', file, options);
    return { sizeBytes, tree, leaves };
  };

  digestAll: DigestEngine['digestAll'] = async (file, options) => {
    const digests = this.digest('all', file, options);
    await tap(file, options);
    return digests;
  };

  async digestWhole(algorithm: ChunkAlgorithm, { fd, sizeBytes }: OpenedFile): Promise<Uint8Array> {
    const bytes = new Uint8Array(sizeBytes);
    readSync(fd, bytes, 0, sizeBytes, 0);
    return createHash(algorithm).update(bytes).digest();
  }

  async digestChunk(algorithm: ChunkAlgorithm, chunk: Uint8Array): Promise<Uint8Array> {
    return createHash(algorithm).update(chunk).digest();
  }

  async close(): Promise<void> {}

  private digest(kind: 'tree' | 'all', { fd, sizeBytes }: OpenedFile, options: DigestOptions = {}): FullDigests {
    options.signal?.throwIfAborted();
    this.asked.push(kind);
    const bytes = new Uint8Array(sizeBytes);
    readSync(fd, bytes, 0, sizeBytes, 0);
    options.onBytes?.(sizeBytes);
    this.afterRead();
    return digestsOf(bytes);
  }
}

async function tap({ fd, sizeBytes }: OpenedFile, { onChunk }: TapOptions = {}): Promise<void> {
  for (let index = 0; onChunk !== undefined && index < chunkCount(sizeBytes); index += 1) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, sizeBytes - index * CHUNK_BYTES));
    readSync(fd, chunk, 0, chunk.length, index * CHUNK_BYTES);
    await onChunk(chunk, index);
  }
}
