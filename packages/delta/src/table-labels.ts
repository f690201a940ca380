import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import type { JsonValue } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { malformedPackage } from './byte-reader.js';
import { LABELS_MAX_BYTES } from './package-table.js';

/** What a tensor of the target costs; shown, never used. */
export interface TensorLabel {
  readonly name: string;
  /** Name of the operation: `T16`. */
  readonly op: string;
  /** Its share of the payloads. */
  readonly bytes: number;
}

/** What zlib gives with `info`, which its types don't know. */
interface InflatedWithInfo {
  readonly buffer: Uint8Array;
  /** `bytesWritten`: how much of the input it took. */
  readonly engine: { readonly bytesWritten: number };
}

/** delta-v1 §7. @param files one list for each target file */
export function packLabels(files: readonly (readonly TensorLabel[])[]): Uint8Array {
  const value = {
    files: files.map((tensors) => tensors.map(({ name, op, bytes }) => ({ name: wellFormed(name), op, bytes }))),
  };
  const bytes = canonicalBytes(value);
  return bytes.length > LABELS_MAX_BYTES
    ? packLabels(files.map(() => []))
    : new Uint8Array(deflateRawSync(bytes, { level: 9 }));
}

/** @throws MALFORMED */
export function unpackLabels(packed: Uint8Array, files: number, location: string): TensorLabel[][] {
  const what = `the labels of ${location}`;
  const bytes = inflate(packed, what);
  const members = Members.of(parseCanonical(bytes, what, { maxBytes: LABELS_MAX_BYTES }), what);
  const lists = members.list('files', (list, place) => {
    if (!Array.isArray(list)) throw malformedPackage(`${what} have no list at ${place}`);
    return (list as readonly JsonValue[]).map((entry, index) => readLabel(entry, what, `${place}[${index}]`));
  });
  members.done();
  if (lists.length !== files) throw malformedPackage(`${what} are of ${lists.length} files, not of ${files}`);
  return lists;
}

function inflate(packed: Uint8Array, what: string): Uint8Array {
  let unpacked: InflatedWithInfo;
  try {
    const options = { maxOutputLength: LABELS_MAX_BYTES, info: true };
    unpacked = inflateRawSync(packed, options) as unknown as InflatedWithInfo;
  } catch {
    throw malformedPackage(`${what} cannot be unpacked`);
  }
  if (unpacked.engine.bytesWritten === packed.length) return unpacked.buffer;
  throw malformedPackage(`${what} end before their field does`);
}

function readLabel(entry: JsonValue, what: string, place: string): TensorLabel {
  const members = Members.of(entry, what, place);
  const label = { name: members.string('name'), op: members.string('op'), bytes: members.integer('bytes') };
  members.done();
  return label;
}

/** A name of any bytes as canonical JSON can hold it. */
function wellFormed(name: string): string {
  return name.toWellFormed().replaceAll(/[\0\p{Noncharacter_Code_Point}]/gu, '\u{fffd}');
}
