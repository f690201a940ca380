import { ByteReader, malformedPackage } from '../byte-reader.js';
import type { BaseBytes } from '../operation.js';
import { BaseAddresses } from './base-addresses.js';
import { ALIGNMENT_BYTES, BY_STREAMS, MOST_ALIGNMENTS } from './bytes-forms.js';
import { decompress } from './compressor.js';

const WHAT = 'a BYTES payload';

/**
 * Reads a stream of BYTES (delta-v1-general §3) and fills `out`.
 * @param payload hostile
 * @throws WeighbridgeError MALFORMED, LIMIT; and whatever `read` of the base does
 */
export function decodeBytes(payload: Uint8Array, base: BaseBytes, out: Uint8Array): void {
  const reader = new ByteReader(payload, WHAT);
  if (reader.u8() !== BY_STREAMS) throw malformedPackage(`${WHAT} has an unknown form`);
  const count = reader.count('alignments', MOST_ALIGNMENTS);
  if (count === 0) out.set(decompress(reader.bytes(reader.left), out.length));
  else decodeStreams(reader, count, base, out);
}

function decodeStreams(reader: ByteReader, count: number, base: BaseBytes, out: Uint8Array): void {
  const list = reader.count('bytes of alignments', count * ALIGNMENT_BYTES);
  const alignments = readList(decompress(reader.bytes(reader.varint()), list), count, base, out.length);
  const aligned = alignments.reduce((sum, { length }) => sum + length, 0);
  const differences = decompress(reader.bytes(reader.varint()), aligned);
  const literals = decompress(reader.bytes(reader.left), out.length - aligned);
  join(alignments, differences, literals, base, out);
}

interface ReadAlignment {
  readonly at: number;
  readonly length: number;
  readonly file: number;
  readonly offset: number;
}

function readList(bytes: Uint8Array, count: number, base: BaseBytes, size: number): readonly ReadAlignment[] {
  const reader = new ByteReader(bytes, 'the list of a BYTES payload');
  const addresses = new BaseAddresses(base.sizes);
  const alignments: ReadAlignment[] = [];
  let [done, expected] = [0, 0];
  for (let index = 0; index < count; index += 1) {
    // Both are at most 2^53 - 1: each is compared before they are added.
    const at = done + within(reader.varint(), size - done);
    const length = within(reader.varint(), size - at);
    const address = expected + reader.zigzag();
    if (length === 0) throw malformedPackage(`${WHAT} has an alignment of no bytes`);
    alignments.push({ at, length, ...addresses.placeOf(address, length) });
    done = at + length;
    expected = address + length;
  }
  reader.end();
  return alignments;
}

function within(value: number, most: number): number {
  if (value > most) throw malformedPackage(`${WHAT} writes more bytes than there are`);
  return value;
}

function join(
  alignments: readonly ReadAlignment[],
  differences: Uint8Array,
  literals: Uint8Array,
  base: BaseBytes,
  out: Uint8Array,
): void {
  let [done, differed] = [0, 0];
  for (const { at, length, file, offset } of alignments) {
    out.set(literals.subarray(done - differed, at - differed), done);
    const part = out.subarray(at, at + length);
    base.read(file, offset, part);
    addDifferences(part, differences, differed);
    done = at + length;
    differed += length;
  }
  out.set(literals.subarray(done - differed), done);
}

function addDifferences(part: Uint8Array, differences: Uint8Array, from: number): void {
  for (let index = 0; index < part.length; index += 1) part[index]! += differences[from + index]!;
}
