import { ByteWriter } from '../byte-writer.js';
import { alignToBase } from './align.js';
import { BaseAddresses } from './base-addresses.js';
import type { BasePages } from './base-pages.js';
import type { BasePlace } from './block-index.js';
import { BY_STREAMS, MOST_ALIGNMENTS } from './bytes-forms.js';
import type { BytesIndex } from './bytes-index.js';
import { compress } from './compressor.js';
import type { Alignment } from './reach.js';

export interface EncodedBytes {
  readonly payload: Uint8Array;
  /** Where the base would go on behind the last byte: `near` of the bytes that follow. Absent when the target is like nothing there. */
  readonly next: BasePlace | undefined;
}

/** Where less of the target is like the base, it may be shorter without: both are tried. */
const SURE_SHARE = 0.75;

/**
 * Writes a stream of BYTES (delta-v1-general §3). The same bytes for the same input.
 * @param target at most 1 MiB
 * @param near where the base is likely to begin like the target; a hint, which changes sizes alone
 */
export function encodeBytes(target: Uint8Array, index: BytesIndex, near?: BasePlace): EncodedBytes {
  const { pages } = index;
  const alignments = longest(alignToBase(target, index, near && pages.addressOf(near)));
  const covered = alignments.reduce((sum, { length }) => sum + length, 0);
  const payload = writeStreams(target, alignments, pages);
  if (covered > target.length * SURE_SHARE) return { payload, next: nextPlace(target, alignments, pages) };
  const plain = writeStreams(target, [], pages);
  return { payload: payload.length < plain.length ? payload : plain, next: nextPlace(target, alignments, pages) };
}

function writeStreams(target: Uint8Array, alignments: readonly Alignment[], pages: BasePages): Uint8Array {
  const writer = new ByteWriter().u8(BY_STREAMS).varint(alignments.length);
  if (alignments.length > 0) {
    const list = writeList(alignments, pages);
    const packedList = compress(list);
    const packedDifferences = compress(differencesOf(target, alignments, pages));
    writer.varint(list.length).varint(packedList.length).bytes(packedList);
    writer.varint(packedDifferences.length).bytes(packedDifferences);
  }
  return writer.bytes(compress(literalsOf(target, alignments))).finish();
}

function writeList(alignments: readonly Alignment[], pages: BasePages): Uint8Array {
  const addresses = new BaseAddresses(pages.base.sizes);
  const writer = new ByteWriter();
  let [at, expected] = [0, 0];
  for (const alignment of alignments) {
    const address = addresses.addressOf(pages.placeOf(alignment.address));
    writer
      .varint(alignment.at - at)
      .varint(alignment.length)
      .zigzag(address - expected);
    at = alignment.at + alignment.length;
    expected = address + alignment.length;
  }
  return writer.finish();
}

function differencesOf(target: Uint8Array, alignments: readonly Alignment[], pages: BasePages): Uint8Array {
  const differences = new Uint8Array(alignments.reduce((sum, { length }) => sum + length, 0));
  let done = 0;
  for (const { at, length, address } of alignments) {
    for (let index = 0; index < length; index += 1) {
      differences[done++] = target[at + index]! - pages.byteAt(address + index)!;
    }
  }
  return differences;
}

function literalsOf(target: Uint8Array, alignments: readonly Alignment[]): Uint8Array {
  let at = 0;
  const parts: Uint8Array[] = [];
  for (const alignment of alignments) {
    parts.push(target.subarray(at, alignment.at));
    at = alignment.at + alignment.length;
  }
  return new Uint8Array(Buffer.concat([...parts, target.subarray(at)]));
}

function nextPlace(target: Uint8Array, alignments: readonly Alignment[], pages: BasePages): BasePlace | undefined {
  const last = alignments.at(-1);
  if (last === undefined) return undefined;
  const { file, offset } = pages.placeOf(last.address);
  return { file, offset: Math.min(offset + target.length - last.at, pages.base.sizes[file]!) };
}

function longest(alignments: readonly Alignment[]): readonly Alignment[] {
  if (alignments.length <= MOST_ALIGNMENTS) return alignments;
  const byLength = [...alignments].sort((a, b) => b.length - a.length || a.at - b.at);
  return byLength.slice(0, MOST_ALIGNMENTS).sort((a, b) => a.at - b.at);
}
