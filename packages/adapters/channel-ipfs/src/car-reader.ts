import { type Cid, readCid } from '@weighbridge/manifest/cid-bytes';
import { MAX_BLOCK_BYTES } from './blocks.js';
import { malformedCar, tooMuchCar } from './car-faults.js';

/** Version, codec, hash function and length of the digest, then the digest. */
const CID_HEAD_BYTES = 4;
const MOST_CID_BYTES = 68;

/** Cuts a CARv1 into its sections, with one section in memory at a time. */
export class CarReader {
  readBytes = 0;
  private readonly source: AsyncIterator<Uint8Array>;
  private piece: Uint8Array = new Uint8Array(0);

  constructor(
    source: AsyncIterable<Uint8Array>,
    private readonly maxBytes: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** The next block, unverified; undefined at the end. @throws MALFORMED, LIMIT */
  async section(): Promise<{ readonly cid: Cid; readonly block: Uint8Array } | undefined> {
    const length = await this.varint();
    if (length === undefined) return undefined;
    if (length > MAX_BLOCK_BYTES + MOST_CID_BYTES) throw tooMuchCar(`has a section of ${length} bytes`);
    const bytes = await this.take(length);
    if (bytes === undefined) throw malformedCar('is cut');
    const cid = readCid(bytes.subarray(0, CID_HEAD_BYTES + (bytes[CID_HEAD_BYTES - 1] ?? 0)));
    if (cid === undefined) throw malformedCar('has a CID of a kind that is not taken');
    return { cid, block: bytes.subarray(cid.bytes.length) };
  }

  /** So many bytes; undefined when it ends before. @throws LIMIT */
  async take(length: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      if (!(await this.fill())) return undefined;
      const part = this.piece.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.piece = this.piece.subarray(part.length);
    }
    return bytes;
  }

  /** Undefined at the end. Of at most four bytes: no section is longer than they can say; padded ones are refused. */
  private async varint(): Promise<number | undefined> {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = (await this.take(1))?.[0];
      if (byte === undefined && shift === 0) return undefined;
      if (byte === undefined || shift > 21 || (byte === 0 && shift > 0)) throw malformedCar('has a wrong length');
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  private async fill(): Promise<boolean> {
    while (this.piece.length === 0) {
      this.signal?.throwIfAborted();
      const next = await this.source.next();
      if (next.done === true) return false;
      this.piece = next.value;
      this.readBytes += this.piece.length;
      if (this.readBytes > this.maxBytes) throw tooMuchCar(`has more than ${this.maxBytes} bytes`);
    }
    return true;
  }
}
