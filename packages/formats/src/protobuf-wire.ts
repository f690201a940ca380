import type { ByteWindow } from './byte-window.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';

/** Far above what any model has, and walked in seconds. */
const MAX_FIELDS = 50_000_000;
const MAX_TAG_BYTES = 5;
const MAX_LENGTH = 2 ** 31 - 1;
const MAX_LENGTH_BYTES = 5;
const MAX_VARINT_BYTES = 10;
const PAYLOAD = 0x7f;
const CONTINUES = 0x80;
const WIRE_MASK = 7;

export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const FIXED32 = 5;

/** One field of a protobuf message. The object is used again for the next field. */
export interface WireField {
  number: number;
  wire: number;
  /** Of a varint; Infinity beyond 2^53 − 1, as all negative ones are. */
  value: number;
  /** Where its content begins, after tag and length, and where it ends. */
  start: number;
  end: number;
}

/**
 * Walks protobuf messages by position: what a visitor does not look into is stepped over, not read.
 * tensor-readers §4.1
 */
export class ProtobufWire {
  private fieldsLeft = MAX_FIELDS;
  private next = 0;

  constructor(private readonly window: ByteWindow) {}

  /**
   * Calls `visit` for each field of the message from `start` to `end`.
   * @throws MALFORMED for an oversized or cut varint, a group, field 0, a field that leaves its message
   * @throws LIMIT when a file has too many fields
   */
  readFields(start: number, end: number, visit: (field: WireField) => void): void {
    const field: WireField = { number: 0, wire: 0, value: 0, start: 0, end: 0 };
    for (let at = start; at < end; at = field.end) {
      if (this.fieldsLeft === 0) throw modelOverLimit(this.window.file, `has more than ${MAX_FIELDS} fields`);
      this.fieldsLeft -= 1;
      this.readField(field, at, end);
      visit(field);
    }
  }

  /** Calls `visit` for each varint from `start` to `end`. @throws MALFORMED */
  readVarints(start: number, end: number, visit: (value: number) => void): void {
    for (let at = start; at < end; at = this.next) visit(this.varint(at, end, MAX_VARINT_BYTES));
  }

  private readField(field: WireField, at: number, end: number): void {
    const tag = this.varint(at, end, MAX_TAG_BYTES);
    field.number = Math.floor(tag / (WIRE_MASK + 1));
    field.wire = tag % (WIRE_MASK + 1);
    if (field.number === 0 || tag >= 2 ** 32) throw malformedModel(this.window.file, `has a bad field at byte ${at}`);
    field.start = this.next;
    field.end = this.endOf(field, end);
    if (field.end > end) throw malformedModel(this.window.file, `has a field at byte ${at} that leaves its message`);
  }

  /** Sets the value of a varint, and the start of what has a length. */
  private endOf(field: WireField, end: number): number {
    switch (field.wire) {
      case VARINT:
        field.value = this.varint(field.start, end, MAX_VARINT_BYTES);
        return this.next;
      case FIXED64:
        return field.start + 8;
      case FIXED32:
        return field.start + 4;
      case DELIMITED: {
        const length = this.varint(field.start, end, MAX_LENGTH_BYTES);
        field.start = this.next;
        if (length <= MAX_LENGTH) return field.start + length;
        throw malformedModel(this.window.file, `has a field of ${length} bytes at byte ${field.start}`);
      }
      default:
        throw malformedModel(this.window.file, `has a field of an unknown kind at byte ${field.start}`);
    }
  }

  /** Leaves the position after it in `next`. */
  private varint(at: number, end: number, most: number): number {
    let value = 0;
    let scale = 1;
    for (let index = 0; index < most && at + index < end; index += 1) {
      const byte = this.window.u8(at + index);
      // The tenth byte of 64 bits has one of them.
      if (index === MAX_VARINT_BYTES - 1 && byte > 1) break;
      value += (byte & PAYLOAD) * scale;
      if (byte < CONTINUES) {
        this.next = at + index + 1;
        return value <= Number.MAX_SAFE_INTEGER ? value : Number.POSITIVE_INFINITY;
      }
      scale *= CONTINUES;
    }
    throw malformedModel(this.window.file, `has an oversized or cut integer at byte ${at}`);
  }
}

/** @throws MALFORMED when a field is of none of these kinds */
export function requireKind(window: ByteWindow, field: WireField, ...kinds: readonly number[]): void {
  if (kinds.includes(field.wire)) return;
  throw malformedModel(window.file, `has a field ${field.number} of another kind at byte ${field.start}`);
}

/**
 * Numbers of so many bytes each, one after the other; 0 stands for varints, of which the last one must end: what lies between
 * may be all the data of a tensor.
 * @throws MALFORMED
 */
export function requireWholeNumbers(window: ByteWindow, { wire, start, end }: WireField, bytes: number): void {
  if (wire !== DELIMITED || start === end) return;
  const isWhole = bytes === 0 ? window.u8(end - 1) < CONTINUES : (end - start) % bytes === 0;
  if (!isWhole) throw malformedModel(window.file, `has numbers that are cut at byte ${end}`);
}
