import { WeighbridgeError } from '@weighbridge/core/errors';

/**
 * Reads hostile bytes one field after another; all fixed integers little-endian. Each call is bounded by what is left.
 */
export class ByteReader {
  private at = 0;

  /** @param what the bytes are, for messages: `the table of pilot.wbdelta` */
  constructor(
    private readonly source: Uint8Array,
    private readonly what: string,
  ) {}

  get left(): number {
    return this.source.length - this.at;
  }

  /** @throws MALFORMED at the end, as every call here */
  u8(): number {
    if (this.at >= this.source.length) throw this.malformed('ends too early');
    return this.source[this.at++]!;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  u64(): number {
    const low = this.u32();
    const value = this.u32() * 2 ** 32 + low;
    if (!Number.isSafeInteger(value)) throw this.malformed('has a number beyond 2^53 − 1');
    return value;
  }

  /** The shortest LEB128 form alone, at most 2^53 − 1. */
  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.u8();
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) throw this.malformed('has a number beyond 2^53 − 1');
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) throw this.malformed('has a number that is not in its shortest form');
        return value;
      }
      if (scale >= 2 ** 49) throw this.malformed('has a number beyond 2^53 − 1');
    }
  }

  /** @throws LIMIT above `most` */
  count(name: string, most: number): number {
    const value = this.varint();
    if (value <= most) return value;
    throw new WeighbridgeError('LIMIT', `${this.what} has ${value} ${name}, more than the ${most} allowed`, {
      hint: 'get the package again from where it was published',
      details: { expected: String(most), found: String(value) },
    });
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** A view, not a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.left) throw this.malformed('ends too early');
    this.at += length;
    return this.source.subarray(this.at - length, this.at);
  }

  /** @throws MALFORMED unless everything was read */
  end(): void {
    if (this.left > 0) throw this.malformed(`has ${this.left} bytes too many`);
  }

  malformed(problem: string): WeighbridgeError {
    return malformedPackage(`${this.what} ${problem}`);
  }
}

export function malformedPackage(message: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', message, { hint: 'get the package again from where it was published' });
}
