/** Reads protobuf fields strictly; a fault is a RangeError. */
export class ProtobufReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isDone(): boolean {
    return this.at === this.bytes.length;
  }

  /** Whether the next field has this number and wire type; consumes its tag then. */
  takes(number: number, type: 'varint' | 'bytes'): boolean {
    if (this.bytes[this.at] !== ((number << 3) | (type === 'bytes' ? 2 : 0))) return false;
    this.at += 1;
    return true;
  }

  /** @throws RangeError when it is cut or above 2^53 − 1 */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.bytes[this.at];
      this.at += 1;
      if (byte === undefined || factor > 2 ** 49) throw new RangeError('no varint');
      value += (byte & 0x7f) * factor;
      if (!Number.isSafeInteger(value)) throw new RangeError('no safe integer');
      if (byte < 0x80) return value;
    }
  }

  /** @throws RangeError when it is cut */
  bytesValue(): Uint8Array {
    const length = this.varint();
    const value = this.bytes.subarray(this.at, this.at + length);
    if (value.length !== length) throw new RangeError('cut');
    this.at += length;
    return value;
  }
}
