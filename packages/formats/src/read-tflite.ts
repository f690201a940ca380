import type { Dtype, Tensor, TensorTable } from '@weighbridge/core/tensor';
import { arrangeTensors, requireTensorCount } from './arrange-tensors.js';
import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { type FlatTable, type FlatVector, rootTable } from './flat-buffer.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';
import { checkedProduct, elementCount } from './tensor-size.js';

const IDENTIFIER = 'TFL3';
const IDENTIFIER_AT = 4;
const MAX_NAME_BYTES = 65_535;
const MAX_RANK = 64;
const MODEL = { subgraphs: 2, buffers: 4 } as const;
const SUBGRAPH = { tensors: 0 } as const;
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3, sparsity: 6 } as const;
const BUFFER = { data: 0, offset: 1, size: 2 } as const;

/** By number: the type's name, and the bits of an element; undefined for those that have no fixed number. */
const TYPES: readonly (readonly [dtype: Dtype, bits: number | undefined])[] = [
  ['f32', 32],
  ['f16', 16],
  ['i32', 32],
  ['u8', 8],
  ['i64', 64],
  ['string', undefined],
  ['bool', 8],
  ['i16', 16],
  ['complex64', 64],
  ['i8', 8],
  ['f64', 64],
  ['complex128', 128],
  ['u64', 64],
  ['resource', undefined],
  ['variant', undefined],
  ['u32', 32],
  ['u16', 16],
  ['int4', 4],
  ['bf16', 16],
  ['int2', 2],
  ['uint4', 4],
];

interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Whether a file says that it is a TensorFlow Lite flatbuffer. */
export function isTflite(window: ByteWindow): boolean {
  if (window.sizeBytes < IDENTIFIER_AT + IDENTIFIER.length) return false;
  return Buffer.from(window.bytes(IDENTIFIER_AT, IDENTIFIER.length)).toString('latin1') === IDENTIFIER;
}

/**
 * tensor-readers §3: the tensors of a TensorFlow Lite file that have data. What several tensors share is listed once, for the
 * first of them.
 * @param path names the file in messages
 * @throws MALFORMED, LIMIT
 */
export function readTflite(source: ByteSource, path: string): TensorTable {
  const window = new ByteWindow(source, path);
  if (!isTflite(window)) throw malformedModel(path, `does not have ${IDENTIFIER} at byte ${IDENTIFIER_AT}`);
  const model = rootTable(window);
  return arrangeTensors('tflite', withoutTwins(new TfliteTensors(window, model).list()), window.sizeBytes, path);
}

/** Two buffers may be one place in the file: a writer stores equal vectors once. */
function withoutTwins(tensors: readonly Tensor[]): Tensor[] {
  const sorted = [...tensors].sort((a, b) => a.offset - b.offset || a.length - b.length);
  return sorted.filter(({ offset, length }, index) => {
    const before = sorted[index - 1];
    return before === undefined || before.offset !== offset || before.length !== length;
  });
}

class TfliteTensors {
  private readonly buffers: FlatVector;
  private readonly seenBuffers = new Set<number>();
  private readonly tensors: Tensor[] = [];
  private visited = 0;

  constructor(
    private readonly window: ByteWindow,
    private readonly model: FlatTable,
  ) {
    this.buffers = model.vector(MODEL.buffers, 4);
  }

  list(): readonly Tensor[] {
    const subgraphs = this.model.vector(MODEL.subgraphs, 4);
    for (let index = 0; index < subgraphs.count; index += 1) this.readSubgraph(this.model.tableAt(subgraphs, index));
    return this.tensors;
  }

  /** tensor-readers §3.3: a subgraph counts each time that it is pointed at, so that few bytes cannot stand for endless work. */
  private readSubgraph(subgraph: FlatTable): void {
    const tensors = subgraph.vector(SUBGRAPH.tensors, 4);
    this.visited += 1 + tensors.count;
    requireTensorCount(this.visited, this.window.file);
    for (let index = 0; index < tensors.count; index += 1) this.readTensor(subgraph.tableAt(tensors, index));
  }

  private readTensor(tensor: FlatTable): void {
    const buffer = tensor.u32(TENSOR.buffer);
    // Buffer 0 stands for no data.
    if (buffer === 0 || this.seenBuffers.has(buffer)) return;
    this.seenBuffers.add(buffer);
    if (buffer >= this.buffers.count) throw malformedModel(this.window.file, `has no buffer ${buffer}`);
    const region = this.regionOf(this.model.tableAt(this.buffers, buffer));
    if (region !== undefined) this.tensors.push(this.describe(tensor, region));
  }

  /** tensor-readers §3.4: data inside the flatbuffer, or behind it in files beyond 2 GiB. */
  private regionOf(buffer: FlatTable): Region | undefined {
    const { at, count } = buffer.vector(BUFFER.data, 1);
    const offset = buffer.u64(BUFFER.offset);
    if (offset <= 1) return count === 0 ? undefined : { offset: at, length: count };
    if (count > 0) throw malformedModel(this.window.file, 'has a buffer with data in two places');
    const length = buffer.u64(BUFFER.size);
    this.window.requireRange(offset, length);
    return length === 0 ? undefined : { offset, length };
  }

  private describe(tensor: FlatTable, { offset, length }: Region): Tensor {
    const name = tensor.text(TENSOR.name, MAX_NAME_BYTES);
    const type = TYPES[tensor.u8(TENSOR.type)];
    if (type === undefined) throw malformedModel(this.window.file, 'has an unknown type', name);
    const [dtype, bits] = type;
    const shape = this.shapeOf(tensor, name);
    if (bits === undefined) return { name, dtype, shape, offset, length };
    if (tensor.has(TENSOR.sparsity)) return { name, dtype, shape: this.flatShape(length, bits, name), offset, length };
    const total = checkedProduct(elementCount(shape, this.window.file, name), bits, this.window.file, name);
    if (Math.ceil(total / 8) !== length) {
      throw malformedModel(this.window.file, `has ${length} bytes, which is not what its shape and type need`, name);
    }
    return { name, dtype, shape, offset, length };
  }

  private shapeOf(tensor: FlatTable, name: string): number[] {
    const { at, count } = tensor.vector(TENSOR.shape, 4);
    if (count > MAX_RANK) throw modelOverLimit(this.window.file, `has more than ${MAX_RANK} dimensions`, name);
    const shape = Array.from({ length: count }, (_, index) => this.window.i32(at + index * 4));
    if (shape.some((dimension) => dimension < 0)) {
      throw malformedModel(this.window.file, 'has data and a dimension that is not known', name);
    }
    return shape;
  }

  /** tensor-readers §3.6: the shape of a sparse tensor says nothing of how many values are kept. */
  private flatShape(length: number, bits: number, name: string): number[] {
    const elements = (length * 8) / bits;
    if (!Number.isInteger(elements)) throw malformedModel(this.window.file, 'has a part of a value', name);
    return [elements];
  }
}
