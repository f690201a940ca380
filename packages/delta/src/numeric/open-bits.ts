import { malformedPayload } from './malformed-payload.js';

/** Elements `first … first + count` of arrays that hold a leaf. */
interface OpenBits {
  readonly rests: Uint32Array;
  /** Bits of each symbol that stay open, at most 32. */
  readonly widths: Uint8Array;
  readonly first: number;
  readonly count: number;
}

/**
 * Writes the open bits of each element, lowest first, in words of 16 bits: delta-v1-numeric §6.
 * @param keys symbols in the bits of `mask` @returns the end
 */
export function packOpenBits(open: OpenBits, keys: Uint16Array, mask: number, bytes: Uint8Array, at: number): number {
  return isWide(open.widths) ? packWide(open, keys, mask, bytes, at) : packNarrow(open, keys, mask, bytes, at);
}

/**
 * Fills the rests from `bytes[at … end)`, all of it.
 * @throws WeighbridgeError MALFORMED when the symbols leave more or fewer bits open than are there
 */
export function unpackOpenBits(
  operation: string,
  open: OpenBits,
  symbols: Uint8Array,
  bytes: Uint8Array,
  at: number,
  end: number,
): void {
  // Past the end of the payload there are zeros, past the end of this part what follows: where reading stopped tells.
  const [read, left] = isWide(open.widths)
    ? unpackWide(open, symbols, bytes, at)
    : unpackNarrow(open, symbols, bytes, at);
  if (read !== end) throw malformedPayload(operation, 'open bits of another length than its symbols');
  if (left !== 0) throw malformedPayload(operation, 'bits after its last element');
}

/** Of 16-bit elements no symbol leaves more than a word open, and the loops below are a third faster for it. */
function isWide(widths: Uint8Array): boolean {
  return widths.some((width) => width > 16);
}

function packNarrow(
  { rests, widths, first, count }: OpenBits,
  keys: Uint16Array,
  mask: number,
  bytes: Uint8Array,
  at: number,
): number {
  let held = 0;
  let bits = 0;
  let to = at;
  for (let i = first; i < first + count; i++) {
    const width = widths[keys[i]! & mask]!;
    held |= (rests[i]! & ((1 << width) - 1)) << bits;
    bits += width;
    if (bits >= 16) {
      bytes[to] = held;
      bytes[to + 1] = held >>> 8;
      to += 2;
      held >>>= 16;
      bits -= 16;
    }
  }
  if (bits === 0) return to;
  bytes[to] = held;
  bytes[to + 1] = held >>> 8;
  return to + 2;
}

function packWide(
  { rests, widths, first, count }: OpenBits,
  keys: Uint16Array,
  mask: number,
  bytes: Uint8Array,
  at: number,
): number {
  let held = 0;
  let bits = 0;
  let to = at;
  for (let i = first; i < first + count; i++) {
    let width = widths[keys[i]! & mask]!;
    let rest = rests[i]!;
    if (width > 16) {
      held |= (rest & 0xffff) << bits;
      bytes[to] = held;
      bytes[to + 1] = held >>> 8;
      to += 2;
      held >>>= 16;
      rest >>>= 16;
      width -= 16;
    }
    held |= (rest & ((1 << width) - 1)) << bits;
    bits += width;
    if (bits >= 16) {
      bytes[to] = held;
      bytes[to + 1] = held >>> 8;
      to += 2;
      held >>>= 16;
      bits -= 16;
    }
  }
  if (bits === 0) return to;
  bytes[to] = held;
  bytes[to + 1] = held >>> 8;
  return to + 2;
}

/** @returns where reading stopped, and the bits that are left over there */
function unpackNarrow(
  { rests, widths, first, count }: OpenBits,
  symbols: Uint8Array,
  bytes: Uint8Array,
  at: number,
): [read: number, left: number] {
  let held = 0;
  let bits = 0;
  let from = at;
  for (let i = first; i < first + count; i++) {
    const width = widths[symbols[i]!]!;
    if (bits < width) {
      held |= (bytes[from]! | (bytes[from + 1]! << 8)) << bits;
      from += 2;
      bits += 16;
    }
    rests[i] = held & ((1 << width) - 1);
    held >>>= width;
    bits -= width;
  }
  return [from, held];
}

function unpackWide(
  { rests, widths, first, count }: OpenBits,
  symbols: Uint8Array,
  bytes: Uint8Array,
  at: number,
): [read: number, left: number] {
  let held = 0;
  let bits = 0;
  let from = at;
  for (let i = first; i < first + count; i++) {
    let width = widths[symbols[i]!]!;
    let rest = 0;
    let shift = 0;
    if (width > 16) {
      held |= (bytes[from]! | (bytes[from + 1]! << 8)) << bits;
      rest = held & 0xffff;
      held >>>= 16;
      from += 2;
      shift = 16;
      width -= 16;
    }
    if (bits < width) {
      held |= (bytes[from]! | (bytes[from + 1]! << 8)) << bits;
      from += 2;
      bits += 16;
    }
    rests[i] = rest | ((held & ((1 << width) - 1)) << shift);
    held >>>= width;
    bits -= width;
  }
  return [from, held];
}
