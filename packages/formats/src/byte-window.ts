import type { ByteSource } from './byte-source.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';

const BLOCK_BYTES = 4 * 1024;
const BLOCKS = 64;
const UINT32 = 2 ** 32;
/** Of all names that a reader keeps: a file may show one name a million times. */
const MAX_TEXT_BYTES = 128 * 1024 * 1024;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface Block {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/**
 * Little-endian numbers and texts of a file by position, each compared with its size; what lies outside is MALFORMED. Holds a
 * quarter of a MiB, whatever the file has.
 */
export class ByteWindow {
  readonly sizeBytes: number;
  private readonly blocks = new Array<Block | undefined>(BLOCKS).fill(undefined);
  private current: Block = { start: 0, bytes: new Uint8Array(0) };
  private textLeft = MAX_TEXT_BYTES;

  constructor(
    private readonly source: ByteSource,
    readonly file: string,
  ) {
    this.sizeBytes = source.sizeBytes;
  }

  u8(at: number): number {
    const inside = at - this.current.start;
    const byte = inside >= 0 ? this.current.bytes[inside] : undefined;
    if (byte !== undefined) return byte;
    this.requireRange(at, 1);
    this.current = this.blockOf(at);
    return this.current.bytes[at - this.current.start]!;
  }

  u16(at: number): number {
    return this.u8(at) + this.u8(at + 1) * 0x100;
  }

  u32(at: number): number {
    return this.u16(at) + this.u16(at + 2) * 0x10000;
  }

  i32(at: number): number {
    return this.u32(at) | 0;
  }

  /** @throws MALFORMED beyond 2^53 − 1 too */
  u64(at: number): number {
    const value = this.u32(at) + this.u32(at + 4) * UINT32;
    if (!Number.isSafeInteger(value)) throw malformedModel(this.file, `has an integer beyond 2^53 - 1 at byte ${at}`);
    return value;
  }

  /** UTF-8. @throws MALFORMED, LIMIT above `most` bytes or when all texts together are too long */
  text(at: number, length: number, most: number): string {
    this.requireRange(at, length);
    if (length > most || length > this.textLeft) {
      throw modelOverLimit(this.file, `has a name of ${length} bytes at byte ${at}, or too many names`);
    }
    this.textLeft -= length;
    try {
      return decoder.decode(this.bytes(at, length));
    } catch (cause) {
      throw malformedModel(this.file, `has a text that is not valid UTF-8 at byte ${at}`, undefined, cause);
    }
  }

  /** The caller bounds `length`. */
  bytes(at: number, length: number): Uint8Array {
    this.requireRange(at, length);
    if (length > BLOCK_BYTES) return this.source.read(at, length);
    const block = this.blockOf(at);
    const inside = at - block.start;
    return inside + length <= block.bytes.length
      ? block.bytes.subarray(inside, inside + length)
      : this.source.read(at, length);
  }

  /** @throws MALFORMED when the range leaves the file */
  requireRange(at: number, length: number): void {
    if (!(at >= 0 && length >= 0 && at + length <= this.sizeBytes)) {
      throw malformedModel(this.file, `has ${this.sizeBytes} bytes, but speaks of ${length} at byte ${at}`);
    }
  }

  private blockOf(at: number): Block {
    const index = Math.floor(at / BLOCK_BYTES);
    const start = index * BLOCK_BYTES;
    const held = this.blocks[index % BLOCKS];
    if (held?.start === start) return held;
    const length = Math.min(BLOCK_BYTES, this.sizeBytes - start);
    const block = { start, bytes: length === 0 ? new Uint8Array(0) : this.source.read(start, length) };
    this.blocks[index % BLOCKS] = block;
    return block;
  }
}
