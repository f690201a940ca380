import { describe, expect, it } from 'vitest';
import { readTflite } from './read-tflite.js';
import {
  bufferNode,
  buildFlatBuffer,
  buildTflite,
  farBuffer,
  flatBytes,
  type FlatNode,
} from './testing/build-tflite.js';
import { memorySource } from './testing/memory-source.js';
import { mutantCount, mutantTimeout, readMutants } from './testing/mutants.js';

const read = (bytes: Uint8Array, size?: number) => readTflite(memorySource(bytes, size), 'model.tflite');
const data = (length: number, first = 1) => Uint8Array.from({ length }, (_, index) => first + index);
const refused = (code: string, tensor?: string) =>
  expect.objectContaining({
    code,
    hint: expect.any(String),
    details: tensor === undefined ? { file: 'model.tflite' } : { file: 'model.tflite', tensor },
  });
const [F32, F16, STRING, INT4] = [0, 1, 5, 17];

describe('good files', () => {
  it('are listed with the place of their data', () => {
    const bytes = buildTflite(
      [
        [
          { name: 'input', shape: [1, 4] },
          { name: 'w', shape: [2, 3], type: F16, buffer: 1 },
        ],
        [{ name: 'b', shape: [3], type: F32, buffer: 2 }],
      ],
      [data(12), data(12, 40)],
    );
    const { format, tensors } = read(bytes);
    expect(format).toBe('tflite');
    expect(tensors.map(({ name, dtype, shape, length }) => [name, dtype, shape, length])).toEqual([
      ['w', 'f16', [2, 3], 12],
      ['b', 'f32', [3], 12],
    ]);
    expect(tensors.map(({ offset }) => bytes[offset])).toEqual([1, 40]);
  });

  it('what tensors share is listed once', () => {
    const graph = [
      { name: 'a', shape: [4], type: F16, buffer: 1 },
      { name: 'b', shape: [2, 2], type: F16, buffer: 1 },
    ];
    expect(read(buildTflite([graph, graph], [data(8)])).tensors.map(({ name }) => name)).toEqual(['a']);
  });

  it('one vector of two buffers is listed once', () => {
    const vector = flatBytes(data(8));
    const graph = [
      { name: 'a', shape: [4], type: F16, buffer: 1 },
      { name: 'b', shape: [4], type: F16, buffer: 2 },
    ];
    const bytes = buildTflite([graph], [bufferNode(vector), bufferNode(vector)]);
    expect(read(bytes).tensors.map(({ name }) => name)).toEqual(['a']);
  });

  it('values in half bytes, texts and sparse values have the length of their buffer', () => {
    const graph = [
      { name: 'nibbles', shape: [3], type: INT4, buffer: 1 },
      { name: 'texts', shape: [2], type: STRING, buffer: 2 },
      { name: 'sparse', shape: [100], type: F32, buffer: 3, isSparse: true },
    ];
    const { tensors } = read(buildTflite([graph], [data(2), data(9), data(8)]));
    expect(tensors.map(({ dtype, shape, length }) => [dtype, shape, length])).toEqual([
      ['int4', [3], 2],
      ['string', [2], 9],
      ['f32', [2], 8],
    ]);
  });

  it('data behind the flatbuffer, beyond 2 GiB', () => {
    const far = 5 * 2 ** 30;
    const bytes = buildTflite([[{ name: 'w', shape: [8], type: F32, buffer: 1 }]], [farBuffer(far, 32)]);
    expect(read(bytes, far + 32).tensors).toEqual([{ name: 'w', dtype: 'f32', shape: [8], offset: far, length: 32 }]);
    expect(() => read(bytes, far + 31)).toThrow(refused('MALFORMED'));
  });

  it('without subgraphs, or without data', () => {
    expect(read(buildTflite([], [])).tensors).toEqual([]);
    expect(read(buildTflite([[{ name: 'w', shape: [8], buffer: 1 }]], [new Uint8Array(0)])).tensors).toEqual([]);
  });
});

describe('a file is refused', () => {
  const one = (tensor: object, buffer: Uint8Array | FlatNode = data(8)) =>
    buildTflite([[{ name: 'w', shape: [2], type: F32, buffer: 1, ...tensor }]], [buffer]);

  it.each([
    ['empty', new Uint8Array(0)],
    ['without identifier', one({}).fill(0, 4, 8)],
    ['with its root outside', one({}).fill(0xff, 0, 4)],
    ['cut in its header', one({}).subarray(0, 12)],
    ['cut in its tables', one({}).subarray(0, 48)],
    ['with a buffer that is none', one({ buffer: 9 })],
    ['with far data beyond its end', one({}, farBuffer(64, 1e6))],
    ['with far data beyond 2^53', one({}, farBuffer(2n ** 63n, 8))],
    ['with data in two places', one({}, { table: { 0: { ref: flatBytes(data(8)) }, 1: { u64: 64 }, 2: { u64: 8 } } })],
    ['with a vector longer than the file', one({}, bufferNode({ bytes: data(8), count: 1e6 }))],
  ])('%s', (_, bytes) => expect(() => read(bytes)).toThrow(refused('MALFORMED')));

  it.each([
    ['with a shape of more', { shape: [3] }],
    ['with a shape of less', { shape: [1] }],
    ['with a shape that overflows', { shape: [2 ** 30, 2 ** 30, 2 ** 30] }],
    ['with an unknown dimension', { shape: [-1, 2] }],
    ['of an unknown type', { type: 99 }],
  ])('with a tensor %s', (_, tensor) => expect(() => read(one(tensor))).toThrow(refused('MALFORMED', 'w')));

  it('with too many dimensions', () => {
    expect(() => read(one({ shape: new Array(65).fill(1) }))).toThrow(refused('LIMIT', 'w'));
  });

  it('with buffers that overlap', () => {
    const graph = [
      { name: 'a', shape: [4], type: F32, buffer: 1 },
      { name: 'b', shape: [4], type: F32, buffer: 2 },
    ];
    expect(() => read(buildTflite([graph], [farBuffer(32, 16), farBuffer(40, 16)]))).toThrow(refused('MALFORMED', 'b'));
  });

  it('whose few bytes stand for millions of tensors', () => {
    const graph: FlatNode = { table: { 0: { ref: { tables: new Array(2_000).fill({ table: {} }) } } } };
    const bytes = buildFlatBuffer({ table: { 2: { ref: { tables: new Array(2_000).fill(graph) } } } }, 'TFL3');
    expect(() => read(bytes)).toThrow(refused('LIMIT'));
  });
});

it(
  'mutants are refused or read, never more',
  () => {
    const graph = [
      { name: 'input', shape: [1, 4] },
      { name: 'w', shape: [2, 3], type: F16, buffer: 1 },
      { name: 'v', shape: [2], type: F32, buffer: 2 },
    ];
    const files = [
      buildTflite([graph, graph], [data(12), data(8)]),
      buildTflite([graph], [data(12), farBuffer(16, 8)]),
    ];
    const { accepted, refused } = readMutants(files, mutantCount(), read);
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  },
  mutantTimeout(),
);
