const LEAST_CAPACITY = 256;

/** Bytes that are appended one field after another; all fixed integers little-endian. */
export class ByteWriter {
  private buffer = new Uint8Array(LEAST_CAPACITY);
  private used = 0;

  get length(): number {
    return this.used;
  }

  u8(value: number): this {
    this.room(1);
    this.buffer[this.used++] = value;
    return this;
  }

  u16(value: number): this {
    return this.u8(value & 0xff).u8(value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value & 0xffff).u16(value >>> 16);
  }

  /** @param value at most 2^53 − 1 */
  u64(value: number): this {
    return this.u32((value % 2 ** 32) >>> 0).u32(Math.floor(value / 2 ** 32));
  }

  /** The shortest LEB128 form. @param value at most 2^53 − 1 */
  varint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    return this.u8(rest);
  }

  /** 0, −1, 1, −2 … as 0, 1, 2, 3 …. @param value of a size below 2^52 */
  zigzag(value: number): this {
    return this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  bytes(value: Uint8Array): this {
    this.room(value.length);
    this.buffer.set(value, this.used);
    this.used += value.length;
    return this;
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.buffer.slice(0, this.used);
  }

  private room(bytes: number): void {
    if (this.used + bytes <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.used + bytes));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }
}
