/** RLP: byte strings, and lists of items. */
export type RlpItem = Uint8Array | RlpList;
export interface RlpList extends ReadonlyArray<RlpItem> {}

/** A trie node holds other nodes only while these are shorter than 32 bytes: real ones nest three deep. */
const MAX_DEPTH = 8;
/** Lengths of three bytes at most; larger inputs were refused before. */
const MAX_LENGTH_BYTES = 3;
const STRING = 0x80;
const LIST = 0xc0;

/**
 * Decodes RLP strictly: one item, nothing after it, every length and string in its one shortest spelling.
 * The strings are views of `bytes`.
 * @throws RangeError saying what is wrong
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const { item, end } = readItem(bytes, 0, bytes.length, MAX_DEPTH);
  if (end !== bytes.length) throw new RangeError('has something after its end');
  return item;
}

export function encodeRlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    return item.length === 1 && item[0]! < STRING ? item : concat([lengthPrefix(STRING, item.length), item]);
  }
  const payload = concat(item.map(encodeRlp));
  return concat([lengthPrefix(LIST, payload.length), payload]);
}

/** The RLP string of an integer: big-endian without leading zeros, empty for 0. */
export function rlpInteger(value: bigint | number): Uint8Array {
  const hex = BigInt(value).toString(16);
  if (hex === '0') return new Uint8Array(0);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function readItem(bytes: Uint8Array, at: number, limit: number, depth: number): { item: RlpItem; end: number } {
  if (at >= limit) throw new RangeError('ends too early');
  const first = bytes[at]!;
  if (first < STRING) return { item: bytes.subarray(at, at + 1), end: at + 1 };
  const span = readSpan(bytes, at, limit, first < LIST ? STRING : LIST);
  return { item: first < LIST ? readString(bytes, span) : readList(bytes, span, depth), end: span.end };
}

function readString(bytes: Uint8Array, { start, end }: Span): Uint8Array {
  const item = bytes.subarray(start, end);
  if (item.length === 1 && item[0]! < STRING) throw new RangeError('spells a small byte with a length');
  return item;
}

function readList(bytes: Uint8Array, { start, end }: Span, depth: number): RlpItem[] {
  if (depth === 0) throw new RangeError('is nested too deep');
  const items: RlpItem[] = [];
  for (let at = start; at < end; ) {
    const read = readItem(bytes, at, end, depth - 1);
    items.push(read.item);
    at = read.end;
  }
  return items;
}

/** Where the payload of the item at `at` lies; its length is read in the one shortest spelling. */
function readSpan(bytes: Uint8Array, at: number, limit: number, base: number): Span {
  const short = bytes[at]! - base;
  const lengthBytes = Math.max(0, short - 55);
  const start = at + 1 + lengthBytes;
  if (start > limit) throw new RangeError('ends too early');
  const length = lengthBytes === 0 ? short : readLength(bytes.subarray(at + 1, start));
  if (length > limit - start) throw new RangeError('ends too early');
  return { start, end: start + length };
}

function readLength(bytes: Uint8Array): number {
  if (bytes.length > MAX_LENGTH_BYTES) throw new RangeError('has a length that is too large');
  if (bytes[0] === 0) throw new RangeError('has a length with a leading zero');
  const length = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  if (length < 56) throw new RangeError('has a short length in the long spelling');
  return length;
}

function lengthPrefix(base: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(base + length);
  const bytes = rlpInteger(length);
  return Uint8Array.of(base + 55 + bytes.length, ...bytes);
}

/** A plain array: a Buffer would share its pool with strangers. */
function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
