import type { WeighbridgeError } from '@weighbridge/core/errors';
import type { Tensor, TensorTable } from '@weighbridge/core/tensor';
import { arrangeTensors, requireTensorCount } from './arrange-tensors.js';
import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { type OnnxExternal, readOnnxExternal } from './onnx-external.js';
import { ONNX_CHILDREN, ONNX_NUMBERS, type OnnxMessage } from './onnx-messages.js';
import { readOnnxTensor } from './onnx-tensor.js';
import { DELIMITED, ProtobufWire, requireKind, requireWholeNumbers, type WireField } from './protobuf-wire.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';

/** Messages inside one another, as protobuf itself allows. */
const MAX_DEPTH = 100;
/** The version of the format, which all writers put first. */
const VERSION_TAG = 0x08;
const MAX_VERSION = 0x20;
/** Field of the model whose first byte may come next: producer, its version, domain, version, text, graph, operators. */
const SECOND_TAGS = [0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42];

/** Whether a file begins as ONNX files do: there is no mark of its own. */
export function looksLikeOnnx(window: ByteWindow): boolean {
  if (window.sizeBytes < 3 || window.u8(0) !== VERSION_TAG) return false;
  const version = window.u8(1);
  return version > 0 && version <= MAX_VERSION && SECOND_TAGS.includes(window.u8(2));
}

/**
 * tensor-readers §4: the tensors of an ONNX file whose data lie in it as they lie in memory, wherever a tensor can stand.
 * @param path names the file in messages
 * @throws MALFORMED, LIMIT, UNSAFE_MODEL when a tensor's data would lie outside the folder
 */
export function readOnnx(source: ByteSource, path: string): TensorTable {
  return arrangeTensors('onnx', new OnnxWalk(source, path).walk().tensors, source.sizeBytes, path);
}

/**
 * tensor-readers §4.5: the data that an ONNX file has in other files, in the order in which it names them.
 * @throws as {@link readOnnx}
 */
export function readOnnxExternals(source: ByteSource, path: string): readonly OnnxExternal[] {
  return new OnnxWalk(source, path).walk().externals;
}

class OnnxWalk {
  readonly tensors: Tensor[] = [];
  readonly externals: OnnxExternal[] = [];
  private readonly window: ByteWindow;
  private readonly wire: ProtobufWire;
  private hasGraph = false;
  private visited = 0;
  /** Kept until all is read: that a file leads outside is the graver fault. */
  private fault: WeighbridgeError | undefined;

  constructor(
    source: ByteSource,
    private readonly path: string,
  ) {
    this.window = new ByteWindow(source, path);
    this.wire = new ProtobufWire(this.window);
  }

  walk(): this {
    this.readMessage('model', 0, this.window.sizeBytes, 1);
    if (this.fault !== undefined) throw this.fault;
    if (!this.hasGraph) throw malformedModel(this.path, 'has no graph, hence is no ONNX model');
    return this;
  }

  private readMessage(message: OnnxMessage, start: number, end: number, depth: number): void {
    if (depth > MAX_DEPTH) throw modelOverLimit(this.path, `is nested deeper than ${MAX_DEPTH}`);
    const seen = new Set<number>();
    this.wire.readFields(start, end, (field) => {
      const child = ONNX_CHILDREN[message].get(field.number);
      if (child === undefined) return this.requireNumbers(message, field);
      requireKind(this.window, field, DELIMITED);
      if (!child.isRepeated && seen.has(field.number)) this.fault ??= this.twice(message, field.number);
      if (message === 'model' && child.message === 'graph') this.hasGraph = true;
      seen.add(field.number);
      if (child.message === 'tensor') this.readTensor(field.start, field.end);
      else this.readMessage(child.message, field.start, field.end, depth + 1);
    });
  }

  private requireNumbers(message: OnnxMessage, field: WireField): void {
    const bytes = ONNX_NUMBERS[message]?.get(field.number);
    if (bytes !== undefined) requireWholeNumbers(this.window, field, bytes);
  }

  /** Readers would merge the two into one message, which nobody writes so. */
  private twice(message: OnnxMessage, field: number): WeighbridgeError {
    return malformedModel(this.path, `has field ${field} of a ${message} twice`);
  }

  private readTensor(start: number, end: number): void {
    this.visited += 1;
    requireTensorCount(this.visited, this.path);
    const tensor = readOnnxTensor(this.window, this.wire, start, end);
    const external = readOnnxExternal(this.window, this.wire, tensor);
    if (external !== undefined) this.externals.push(external);
    else if (tensor.data !== undefined) {
      const { name, dtype, shape, data } = tensor;
      this.tensors.push({ name, dtype, shape, offset: data.start, length: data.end - data.start });
    }
  }
}
