/** The messages of ONNX that hold tensors, or hold messages that do. */
export type OnnxMessage = 'model' | 'graph' | 'node' | 'attribute' | 'function' | 'training' | 'sparse' | 'tensor';

export interface OnnxChild {
  readonly message: OnnxMessage;
  readonly isRepeated: boolean;
}

const one = (message: OnnxMessage): OnnxChild => ({ message, isRepeated: false });
const many = (message: OnnxMessage): OnnxChild => ({ message, isRepeated: true });

/** tensor-readers §4.2: every place of onnx.proto where a tensor can stand, by field number. */
export const ONNX_CHILDREN: Readonly<Record<OnnxMessage, ReadonlyMap<number, OnnxChild>>> = {
  model: new Map([
    [7, one('graph')],
    [20, many('training')],
    [25, many('function')],
  ]),
  graph: new Map([
    [1, many('node')],
    [5, many('tensor')],
    [15, many('sparse')],
  ]),
  node: new Map([[5, many('attribute')]]),
  attribute: new Map([
    [5, one('tensor')],
    [6, one('graph')],
    [10, many('tensor')],
    [11, many('graph')],
    [22, one('sparse')],
    [23, many('sparse')],
  ]),
  function: new Map([
    [7, many('node')],
    [11, many('attribute')],
  ]),
  training: new Map([
    [1, one('graph')],
    [2, one('graph')],
  ]),
  sparse: new Map([
    [1, one('tensor')],
    [2, one('tensor')],
  ]),
  tensor: new Map(),
};
