import type { Dtype } from '@weighbridge/core/tensor';
import type { ByteWindow } from './byte-window.js';
import { ONNX_TYPES } from './onnx-types.js';
import {
  DELIMITED,
  FIXED32,
  FIXED64,
  type ProtobufWire,
  requireKind,
  requireWholeNumbers,
  VARINT,
  type WireField,
} from './protobuf-wire.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';
import { checkedProduct, elementCount } from './tensor-size.js';

const FIELD = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  externalData: 13,
  dataLocation: 14,
} as const;
const EXTERNAL = 1;
const VARINT_DATA: readonly number[] = [FIELD.int32Data, FIELD.int64Data, FIELD.uint64Data];
const MAX_RANK = 64;
const MAX_NAME_BYTES = 65_535;

/** What each field of typed numbers holds, as little-endian bytes one after the other. */
const FLOATS: readonly Dtype[] = ['f32', 'complex64'];
const DOUBLES: readonly Dtype[] = ['f64', 'complex128'];

/** Bytes of a file. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** One tensor message: what it is, and where its data lie. */
export interface OnnxTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** In bytes, by shape and type; undefined for texts. */
  readonly length: number | undefined;
  /** Data that lie in the file as they lie in memory; undefined when they do not. */
  readonly data: Region | undefined;
  /** The entries that say where outside data lie, whether or not they count. */
  readonly externalEntries: readonly Region[];
  readonly isExternal: boolean;
}

/**
 * tensor-readers §4.3: reads a tensor message without its data.
 * @throws MALFORMED, LIMIT
 */
export function readOnnxTensor(window: ByteWindow, wire: ProtobufWire, start: number, end: number): OnnxTensor {
  const seen = collect(window, wire, start, end);
  const { name } = seen;
  const type = ONNX_TYPES.get(seen.dataType);
  if (type === undefined) throw malformedModel(window.file, 'has an unknown type', name);
  const [dtype, bits] = type;
  const length = bits === undefined ? undefined : byteLength(seen.dims, bits, window.file, name);
  const isExternal = seen.dataLocation === EXTERNAL;
  if (isExternal && seen.raw !== undefined) throw malformedModel(window.file, 'has data inside and outside', name);
  const data = dataOf(seen, dtype);
  if (data !== undefined && data.end - data.start !== length) {
    throw malformedModel(window.file, `has ${data.end - data.start} bytes, which is not what its shape needs`, name);
  }
  return { name, dtype, shape: seen.dims, length, data, externalEntries: seen.externalEntries, isExternal };
}

interface Seen {
  name: string;
  dims: number[];
  dataType: number;
  dataLocation: number;
  raw: Region | undefined;
  floats: Region[];
  doubles: Region[];
  externalEntries: Region[];
  fields: Set<number>;
}

function collect(window: ByteWindow, wire: ProtobufWire, start: number, end: number): Seen {
  const seen: Seen = {
    name: '',
    dims: [],
    dataType: 0,
    dataLocation: 0,
    raw: undefined,
    floats: [],
    doubles: [],
    externalEntries: [],
    fields: new Set(),
  };
  wire.readFields(start, end, (field) => take(window, wire, seen, field));
  return seen;
}

function take(window: ByteWindow, wire: ProtobufWire, seen: Seen, field: WireField): void {
  const { number } = field;
  if (number === FIELD.dims) takeDimensions(window, wire, seen, field);
  else if (number === FIELD.dataType) seen.dataType = onlyInteger(window, seen, field);
  else if (number === FIELD.dataLocation) seen.dataLocation = onlyInteger(window, seen, field);
  else if (number === FIELD.rawData) seen.raw = onlyRegion(window, seen, field);
  else if (number === FIELD.floatData) seen.floats.push(numbersOf(window, field, FIXED32, 4));
  else if (number === FIELD.doubleData) seen.doubles.push(numbersOf(window, field, FIXED64, 8));
  else if (number === FIELD.externalData) seen.externalEntries.push(regionOf(window, field));
  else if (VARINT_DATA.includes(number)) requireWholeNumbers(window, field, 0);
  else if (number === FIELD.name) {
    const { start, end } = onlyRegion(window, seen, field);
    seen.name = window.text(start, end - start, MAX_NAME_BYTES);
  }
}

function onlyInteger(window: ByteWindow, seen: Seen, field: WireField): number {
  requireKind(window, field, VARINT);
  requireOnce(window, seen, field);
  return field.value;
}

function onlyRegion(window: ByteWindow, seen: Seen, field: WireField): Region {
  requireOnce(window, seen, field);
  return regionOf(window, field);
}

/** One by one or packed. */
function takeDimensions(window: ByteWindow, wire: ProtobufWire, seen: Seen, field: WireField): void {
  const add = (value: number) => {
    if (!Number.isSafeInteger(value)) throw malformedModel(window.file, 'has a negative or huge dimension', seen.name);
    if (seen.dims.length === MAX_RANK) throw modelOverLimit(window.file, `has more than ${MAX_RANK} dimensions`);
    seen.dims.push(value);
  };
  requireKind(window, field, VARINT, DELIMITED);
  if (field.wire === VARINT) add(field.value);
  else wire.readVarints(field.start, field.end, add);
}

/** Readers differ in which of two values they take. */
function requireOnce(window: ByteWindow, seen: Seen, field: WireField): void {
  if (seen.fields.has(field.number)) throw malformedModel(window.file, 'has a field of a tensor twice', seen.name);
  seen.fields.add(field.number);
}

/** tensor-readers §4.4: numbers that lie apart, or as varints, are in no order that memory has. */
function dataOf(seen: Seen, dtype: Dtype): Region | undefined {
  if (seen.raw !== undefined) return seen.raw;
  if (FLOATS.includes(dtype) && seen.floats.length === 1) return seen.floats[0];
  if (DOUBLES.includes(dtype) && seen.doubles.length === 1) return seen.doubles[0];
  return undefined;
}

/** A field without a length before it is one number of its own, and counts as well: its bytes are those of memory. */
function numbersOf(window: ByteWindow, field: WireField, kind: number, bytes: number): Region {
  requireWholeNumbers(window, field, bytes);
  return regionOf(window, field, kind);
}

function byteLength(dims: readonly number[], bits: number, file: string, name: string): number {
  return Math.ceil(checkedProduct(elementCount(dims, file, name), bits, file, name) / 8);
}

/** What has a length before it, or is one number of another kind. */
function regionOf(window: ByteWindow, field: WireField, otherKind = DELIMITED): Region {
  requireKind(window, field, DELIMITED, otherKind);
  return { start: field.start, end: field.end };
}
