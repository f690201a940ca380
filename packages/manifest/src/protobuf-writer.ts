/** Writes protobuf fields into one buffer; numbers of fields are below 16, so that a tag is one byte. */
export class ProtobufWriter {
  private readonly buffer: Uint8Array;
  private length = 0;

  /** @param mostBytes what the fields may take together */
  constructor(mostBytes: number) {
    this.buffer = new Uint8Array(mostBytes);
  }

  varintField(number: number, value: number): void {
    this.byte(number << 3);
    this.varint(value);
  }

  bytesField(number: number, bytes: Uint8Array): void {
    this.byte((number << 3) | 2);
    this.varint(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  written(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private varint(value: number): void {
    let rest = value;
    // No bit operations but on the low part: sizes reach 2^53.
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  private byte(value: number): void {
    this.buffer[this.length] = value;
    this.length += 1;
  }
}
