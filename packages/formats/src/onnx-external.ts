import { pathProblem } from '@weighbridge/core/paths';
import { showText } from '@weighbridge/core/show-text';
import type { Dtype } from '@weighbridge/core/tensor';
import type { ByteWindow } from './byte-window.js';
import type { OnnxTensor, Region } from './onnx-tensor.js';
import { DELIMITED, type ProtobufWire, requireKind } from './protobuf-wire.js';
import { malformedModel, unsafeModel } from './reader-fault.js';

const ENTRY = { key: 1, value: 2 } as const;
const MAX_TEXT_BYTES = 65_535;
const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/;
/** A runtime takes the rest of such a location for an address in its memory. */
const MEMORY_MARK = '_ORT_MEM_ADDR_';

/** Data of a tensor that lie in another file. */
export interface OnnxExternal {
  /** A safe path relative to the folder of the ONNX file, without `.` and `..`. */
  readonly location: string;
  /** Bytes from the start of that file. */
  readonly offset: number;
  /** In bytes: as given, else by shape and type. */
  readonly length: number;
  readonly tensor: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/**
 * tensor-readers §4.5: where outside data lie; undefined when the tensor has none. A bad location is refused even where it
 * does not count, since readers differ in when it does.
 * @throws MALFORMED, UNSAFE_MODEL
 */
export function readOnnxExternal(window: ByteWindow, wire: ProtobufWire, tensor: OnnxTensor): OnnxExternal | undefined {
  const entries = new Map<string, string>();
  for (const region of tensor.externalEntries) takeEntry(window, wire, region, entries, tensor.name);
  const location = entries.get('location');
  if (location !== undefined) requireSafe(location, window.file, tensor.name);
  if (!tensor.isExternal) return undefined;
  if (location === undefined) throw malformedModel(window.file, 'has data outside and does not say where', tensor.name);
  const offset = decimal(entries.get('offset') ?? '0', window.file, tensor.name);
  const length = lengthOf(entries.get('length'), tensor, window.file);
  if (!Number.isSafeInteger(offset + length)) throw malformedModel(window.file, 'ends beyond 2^53 - 1', tensor.name);
  return { location: plain(location), offset, length, tensor: tensor.name, dtype: tensor.dtype, shape: tensor.shape };
}

function takeEntry(
  window: ByteWindow,
  wire: ProtobufWire,
  { start, end }: Region,
  entries: Map<string, string>,
  tensor: string,
): void {
  const texts = new Map<number, string>();
  wire.readFields(start, end, (field) => {
    if (field.number !== ENTRY.key && field.number !== ENTRY.value) return;
    requireKind(window, field, DELIMITED);
    if (texts.has(field.number)) throw malformedModel(window.file, 'has an entry with two keys or values', tensor);
    texts.set(field.number, window.text(field.start, field.end - field.start, MAX_TEXT_BYTES));
  });
  const key = texts.get(ENTRY.key) ?? '';
  if (entries.has(key)) throw malformedModel(window.file, `says ${showText(key)} of its outside data twice`, tensor);
  entries.set(key, texts.get(ENTRY.value) ?? '');
}

function requireSafe(location: string, file: string, tensor: string): void {
  const problem = location.includes(MEMORY_MARK) ? 'is an address in memory' : pathProblem(plain(location));
  if (problem === undefined) return;
  throw unsafeModel(file, `has data in ${showText(location)}, which ${problem}`, tensor);
}

/** Some writers begin a path in the same folder with a dot. */
function plain(location: string): string {
  return location.replace(/^(?:\.\/)+/, '');
}

function lengthOf(given: string | undefined, tensor: OnnxTensor, file: string): number {
  const length = given === undefined ? tensor.length : decimal(given, file, tensor.name);
  if (length === undefined || (tensor.length !== undefined && tensor.length !== length)) {
    throw malformedModel(file, 'has outside data of another length than its shape needs', tensor.name);
  }
  return length;
}

function decimal(text: string, file: string, tensor: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw malformedModel(file, `has a bad place ${showText(text)} outside`, tensor);
  return value;
}
