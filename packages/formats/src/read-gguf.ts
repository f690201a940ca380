import type { Tensor, TensorTable } from '@weighbridge/core/tensor';
import { arrangeTensors, requireTensorCount } from './arrange-tensors.js';
import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { GGML_TYPES, type GgmlType } from './ggml-types.js';
import { readGgufMetadata } from './gguf-metadata.js';
import { malformedModel } from './reader-fault.js';
import { checkedProduct, elementCount } from './tensor-size.js';

const MAGIC = 0x46554747;
const VERSIONS = [2, 3];
const HEADER_BYTES = 24;
const LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8;
const MAX_DIMENSIONS = 4;
const MAX_NAME_BYTES = 64;

/** Whether a file says that it is GGUF. */
export function isGguf(window: ByteWindow): boolean {
  return window.sizeBytes >= 4 && window.u32(0) === MAGIC;
}

/**
 * tensor-readers §5: the tensors of a GGUF file, version 2 or 3, little-endian.
 * @param path names the file in messages
 * @throws MALFORMED, LIMIT
 */
export function readGguf(source: ByteSource, path: string): TensorTable {
  const window = new ByteWindow(source, path);
  if (!isGguf(window)) throw malformedModel(path, 'does not begin with GGUF');
  if (!VERSIONS.includes(window.u32(4))) throw malformedModel(path, `has version ${window.u32(4)}, not 2 or 3`);
  const count = window.u64(8);
  requireTensorCount(count, path);
  const { end, alignment } = readGgufMetadata(window, HEADER_BYTES, window.u64(16));
  window.requireRange(end, count * LEAST_TENSOR_BYTES);
  const infos = new TensorInfos(window, end);
  const tensors = Array.from({ length: count }, () => infos.next());
  return arrangeTensors('gguf', placed(tensors, infos.end, alignment, window), window.sizeBytes, path);
}

/** tensor-readers §5.5: each tensor begins where the one before it ends, rounded up to the alignment; nothing is left over. */
function placed(tensors: readonly Tensor[], infoEnd: number, alignment: number, window: ByteWindow): Tensor[] {
  const dataStart = roundUp(infoEnd, alignment);
  let end = tensors.length === 0 ? infoEnd : dataStart;
  const moved = tensors.map((tensor) => {
    const offset = roundUp(end, alignment);
    if (dataStart + tensor.offset !== offset) {
      throw malformedModel(window.file, `has the offset ${tensor.offset}, not ${offset - dataStart}`, tensor.name);
    }
    end = offset + tensor.length;
    window.requireRange(offset, tensor.length);
    return { ...tensor, offset };
  });
  const fileEnds = tensors.length === 0 ? [end, roundUp(end, alignment)] : [roundUp(end, alignment)];
  if (!fileEnds.includes(window.sizeBytes)) {
    throw malformedModel(window.file, `has ${window.sizeBytes} bytes, not ${roundUp(end, alignment)}`);
  }
  return moved;
}

function roundUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** The descriptions of tensors one after the other; their offsets count from the beginning of the data. */
class TensorInfos {
  private readonly names = new Set<string>();

  constructor(
    private readonly window: ByteWindow,
    public end: number,
  ) {}

  next(): Tensor {
    const { window } = this;
    const nameBytes = window.u64(this.end);
    const name = window.text(this.end + 8, nameBytes, MAX_NAME_BYTES);
    if (this.names.has(name)) throw malformedModel(window.file, 'has two tensors of one name', name);
    this.names.add(name);
    const at = this.end + 8 + nameBytes;
    const shape = this.shape(at, name);
    const typeAt = at + 4 + shape.length * 8;
    const type = GGML_TYPES.get(window.u32(typeAt));
    if (type === undefined) throw malformedModel(window.file, `has the unknown type ${window.u32(typeAt)}`, name);
    this.end = typeAt + 12;
    const length = this.lengthOf(shape, type, name);
    return { name, dtype: type.dtype, shape, offset: window.u64(typeAt + 4), length };
  }

  /** tensor-readers §5.4: the file has the innermost dimension first. */
  private shape(at: number, name: string): number[] {
    const count = this.window.u32(at);
    if (count > MAX_DIMENSIONS) {
      throw malformedModel(this.window.file, `has ${count} dimensions, more than ${MAX_DIMENSIONS}`, name);
    }
    const shape = Array.from({ length: count }, (_, index) => this.window.u64(at + 4 + index * 8)).reverse();
    if (shape.includes(0)) throw malformedModel(this.window.file, 'has a dimension of 0', name);
    return shape;
  }

  private lengthOf(shape: readonly number[], { blockElements, blockBytes }: GgmlType, name: string): number {
    const elements = elementCount(shape, this.window.file, name);
    if ((shape.at(-1) ?? 1) % blockElements !== 0) {
      throw malformedModel(this.window.file, `has rows that are no whole blocks of ${blockElements}`, name);
    }
    return checkedProduct(elements / blockElements, blockBytes, this.window.file, name);
  }
}
