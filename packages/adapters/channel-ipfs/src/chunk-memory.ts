import { CHUNK_BYTES } from '@weighbridge/core/tree';

/** Memory for chunks that are only looked at, used again and again. */
export class ChunkMemory {
  private readonly free: Uint8Array[] = [];

  /** Lends out memory of so many bytes, at most 1 MiB, for as long as a task takes. */
  async lend<T>(length: number, task: (memory: Uint8Array) => Promise<T>): Promise<T> {
    const memory = this.free.pop() ?? sharedChunk();
    try {
      return await task(length === memory.length ? memory : memory.subarray(0, length));
    } finally {
      this.free.push(memory);
    }
  }
}

/** Shared, so that it goes to a hashing thread without a copy. */
function sharedChunk(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(CHUNK_BYTES));
}
