import { isWeighbridgeError } from '@weighbridge/core/errors';
import { type JsonObject, type JsonValue, parseJson } from '@weighbridge/core/json';
import type { Tensor, TensorTable } from '@weighbridge/core/tensor';
import { arrangeTensors, requireTensorCount } from './arrange-tensors.js';
import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';
import { checkedProduct, elementCount } from './tensor-size.js';

/** As the reference has it. */
const MAX_HEADER_BYTES = 100_000_000;
const PREFIX_BYTES = 8;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const SPACE = 0x20;
const METADATA = '__metadata__';
const MEMBERS = ['dtype', 'shape', 'data_offsets'];

/** Bits of an element. */
const DTYPE_BITS: ReadonlyMap<string, number> = new Map([
  ['BOOL', 8],
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
]);

/** Whether a file begins as safetensors do: there is no mark of its own. */
export function looksLikeSafetensors(window: ByteWindow): boolean {
  if (window.sizeBytes <= PREFIX_BYTES || window.u8(PREFIX_BYTES) !== OPENING_BRACE) return false;
  return window.u32(4) === 0 && window.u32(0) <= window.sizeBytes - PREFIX_BYTES;
}

/**
 * tensor-readers §2: the tensors of a safetensors file.
 * @param path names the file in messages
 * @throws MALFORMED, LIMIT
 */
export function readSafetensors(source: ByteSource, path: string): TensorTable {
  const length = headerLength(source, path);
  const header = parseHeader(source.read(PREFIX_BYTES, length), path);
  const dataStart = PREFIX_BYTES + length;
  const tensors: Tensor[] = [];
  for (const name of Object.keys(header)) {
    if (name === METADATA) requireTexts(header[name]!, path);
    else tensors.push(readTensor(name, header[name]!, dataStart, path));
  }
  requireTensorCount(tensors.length, path);
  const table = arrangeTensors('safetensors', tensors, source.sizeBytes, path);
  requireNoGaps(table.tensors, dataStart, source.sizeBytes, path);
  return table;
}

/** tensor-readers §2.1 */
function headerLength(source: ByteSource, path: string): number {
  const window = new ByteWindow(source, path);
  const length = window.u64(0);
  window.requireRange(PREFIX_BYTES, length);
  if (length > MAX_HEADER_BYTES) {
    throw modelOverLimit(path, `has a header of ${length} bytes, more than the ${MAX_HEADER_BYTES} allowed`);
  }
  if (length === 0 || window.u8(PREFIX_BYTES) !== OPENING_BRACE) {
    throw malformedModel(path, 'has a header that does not begin with {');
  }
  return length;
}

/** tensor-readers §2.2: nothing but spaces after the object, which the reference pads with. */
function parseHeader(bytes: Uint8Array, path: string): JsonObject {
  let end = bytes.length;
  while (bytes[end - 1] === SPACE) end -= 1;
  if (bytes[end - 1] !== CLOSING_BRACE) throw malformedModel(path, 'has something but spaces after its header');
  try {
    return parseJson(bytes.subarray(0, end), 'the header', { maxBytes: MAX_HEADER_BYTES }) as JsonObject;
  } catch (cause) {
    if (!isWeighbridgeError(cause)) throw cause;
    const fault = cause.code === 'LIMIT' ? modelOverLimit : malformedModel;
    throw fault(path, cause.message, undefined, cause);
  }
}

/** tensor-readers §2.3 */
function requireTexts(metadata: JsonValue, path: string): void {
  if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === 'string')) {
    throw malformedModel(path, `has a ${METADATA} that does not map names to texts`);
  }
}

/** tensor-readers §2.4, §2.5 */
function readTensor(name: string, entry: JsonValue, dataStart: number, path: string): Tensor {
  if (!isObject(entry) || Object.keys(entry).length !== MEMBERS.length || !MEMBERS.every((key) => key in entry)) {
    throw malformedModel(path, `must have the members ${MEMBERS.join(', ')} and no others`, name);
  }
  const { dtype, shape, data_offsets: range } = entry;
  const bits = typeof dtype === 'string' ? DTYPE_BITS.get(dtype) : undefined;
  if (bits === undefined) throw malformedModel(path, 'has an unknown dtype', name);
  if (!isIntegers(shape)) throw malformedModel(path, 'has a shape that is no list of integers', name);
  if (!isIntegers(range) || range.length !== 2 || range[0]! > range[1]!) {
    throw malformedModel(path, 'has data_offsets that are no begin and end', name);
  }
  const length = range[1]! - range[0]!;
  if (checkedProduct(elementCount(shape, path, name), bits, path, name) !== length * 8) {
    throw malformedModel(path, `has ${length} bytes, which is not what its shape and dtype need`, name);
  }
  return { name, dtype: (dtype as string).toLowerCase(), shape, offset: dataStart + range[0]!, length };
}

/** tensor-readers §2.6: with tensors in order that do not overlap, no byte of the file may be left over. */
function requireNoGaps(tensors: readonly Tensor[], dataStart: number, sizeBytes: number, path: string): void {
  let end = dataStart;
  for (const { name, offset, length } of tensors) {
    if (offset !== end) throw malformedModel(path, `begins ${offset - end} bytes after the one before it`, name);
    end = offset + length;
  }
  if (end !== sizeBytes) throw malformedModel(path, `has ${sizeBytes - end} bytes after its last tensor`);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntegers(value: JsonValue | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
