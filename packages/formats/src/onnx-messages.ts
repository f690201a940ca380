/** The messages of ONNX that are walked. A `leaf` holds no messages. */
export type OnnxMessage =
  | 'model'
  | 'graph'
  | 'node'
  | 'attribute'
  | 'function'
  | 'training'
  | 'sparse'
  | 'tensor'
  | 'value'
  | 'type'
  | 'tensorType'
  | 'element'
  | 'map'
  | 'shape'
  | 'annotation'
  | 'leaf';

export interface OnnxChild {
  readonly message: OnnxMessage;
  readonly isRepeated: boolean;
}

const one = (message: OnnxMessage): OnnxChild => ({ message, isRepeated: false });
const many = (message: OnnxMessage): OnnxChild => ({ message, isRepeated: true });
const LEAVES = many('leaf');

/**
 * tensor-readers §4.2: the messages inside each message of onnx.proto, by field number: every place where a tensor can stand,
 * and the others, so that what protobuf cannot read is refused.
 */
export const ONNX_CHILDREN: Readonly<Record<OnnxMessage, ReadonlyMap<number, OnnxChild>>> = {
  model: new Map([
    [7, one('graph')],
    [8, LEAVES],
    [14, LEAVES],
    [20, many('training')],
    [25, many('function')],
    [26, LEAVES],
  ]),
  graph: new Map([
    [1, many('node')],
    [5, many('tensor')],
    [11, many('value')],
    [12, many('value')],
    [13, many('value')],
    [14, many('annotation')],
    [15, many('sparse')],
    [16, LEAVES],
  ]),
  node: new Map([
    [5, many('attribute')],
    [9, LEAVES],
    [10, LEAVES],
  ]),
  attribute: new Map([
    [5, one('tensor')],
    [6, one('graph')],
    [10, many('tensor')],
    [11, many('graph')],
    [14, one('type')],
    [15, many('type')],
    [22, one('sparse')],
    [23, many('sparse')],
  ]),
  function: new Map([
    [7, many('node')],
    [9, LEAVES],
    [11, many('attribute')],
    [12, many('value')],
    [14, LEAVES],
  ]),
  training: new Map([
    [1, one('graph')],
    [2, one('graph')],
    [3, LEAVES],
    [4, LEAVES],
  ]),
  sparse: new Map([
    [1, one('tensor')],
    [2, one('tensor')],
  ]),
  value: new Map([
    [2, one('type')],
    [4, LEAVES],
  ]),
  type: new Map([
    [1, one('tensorType')],
    [4, one('element')],
    [5, one('map')],
    [7, one('leaf')],
    [8, one('tensorType')],
    [9, one('element')],
  ]),
  tensorType: new Map([[2, one('shape')]]),
  element: new Map([[1, one('type')]]),
  map: new Map([[2, one('type')]]),
  shape: new Map([[1, LEAVES]]),
  annotation: new Map([[2, LEAVES]]),
  tensor: new Map(),
  leaf: new Map(),
};

/** Lists of numbers outside of tensors: bytes of each, 0 for varints. */
export const ONNX_NUMBERS: Readonly<Partial<Record<OnnxMessage, ReadonlyMap<number, number>>>> = {
  attribute: new Map([
    [7, 4],
    [8, 0],
  ]),
  sparse: new Map([[3, 0]]),
};
