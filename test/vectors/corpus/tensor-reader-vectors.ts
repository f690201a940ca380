import type { Outcome } from '@weighbridge/core/outcome';
import {
  buildGguf,
  ggufList,
  ggufString,
  ggufText,
  ggufUint32,
} from '../../../packages/formats/src/testing/build-gguf.js';
import {
  bytesField,
  initializer,
  integer,
  message,
  nodeWith,
  onnxModel,
  onnxTensor,
} from '../../../packages/formats/src/testing/build-onnx.js';
import { buildSafetensors } from '../../../packages/formats/src/testing/build-safetensors.js';
import { buildTflite, farBuffer } from '../../../packages/formats/src/testing/build-tflite.js';
import type { Json } from './canonical.js';
import { type Vector, vector } from './vector.js';

/** A tensor as it must be listed; it begins where the byte `first` stands, which is nowhere else in the file. */
interface Expected {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly first: number;
  readonly length: number;
}

/** Small model files, and where their tensors lie. */
export function tensorReaderVectors(): Vector[] {
  return [...safetensors(), ...tflite(), ...onnx(), ...gguf(), ...shardIndexes()];
}

function good(file: string, name: string, says: string, bytes: Uint8Array, tensors: readonly Expected[]): Vector {
  const listed = tensors.map(({ first, ...tensor }): Json => ({ ...tensor, offset: placeOf(first, bytes) }));
  return vector('tensor-readers', name, 'OK', { says, files: { [file]: bytes }, expected: { tensors: listed } });
}

function bad(file: string, name: string, outcome: Outcome, says: string, bytes: Uint8Array): Vector {
  return vector('tensor-readers', name, outcome, { says, files: { [file]: bytes } });
}

function placeOf(first: number, bytes: Uint8Array): number {
  if (bytes.indexOf(first) !== bytes.lastIndexOf(first)) throw new RangeError(`byte ${first} is there twice`);
  return bytes.indexOf(first);
}

/** Data whose first byte marks their place. */
function data(first: number, length: number): Uint8Array {
  return new Uint8Array(length).fill(0x11).fill(first, 0, 1);
}

const U8 = { dtype: 'U8', shape: [4], data_offsets: [0, 4] };
const ENTRY = '{"dtype":"U8","shape":[4],"data_offsets":[0,4]}';

function safetensors(): Vector[] {
  const file = 'model.safetensors';
  const refused = (name: string, says: string, header: object | string, length = 4, headerLength?: number) =>
    bad(file, `safetensors_${name}`, 'MALFORMED', says, buildSafetensors(header, new Uint8Array(length), headerLength));
  const second = { dtype: 'BF16', shape: [2, 1], data_offsets: [4, 8] };
  const both = Buffer.concat([data(0xa1, 4), data(0xa2, 4)]);
  return [
    good(
      file,
      'safetensors_plain',
      'two tensors, the second one named first.',
      buildSafetensors({ b: second, a: U8 }, both),
      [
        { name: 'a', dtype: 'u8', shape: [4], first: 0xa1, length: 4 },
        { name: 'b', dtype: 'bf16', shape: [2, 1], first: 0xa2, length: 4 },
      ],
    ),
    good(file, 'safetensors_spaces', 'spaces after the header.', buildSafetensors(`{"a":${ENTRY}}   `, data(0xa1, 4)), [
      { name: 'a', dtype: 'u8', shape: [4], first: 0xa1, length: 4 },
    ]),
    good(
      file,
      'safetensors_proto',
      'a name like any other.',
      buildSafetensors(`{"__proto__":${ENTRY}}`, data(0xa1, 4)),
      [{ name: '__proto__', dtype: 'u8', shape: [4], first: 0xa1, length: 4 }],
    ),
    good(file, 'safetensors_empty', 'no tensors.', buildSafetensors('{}', 0), []),
    refused('header_of_0', 'a header without bytes.', '', 4, 0),
    refused('header_beyond_the_file', 'a header longer than the file.', '{}', 0, 3),
    refused('leading_space', 'a space before the header.', ` {"a":${ENTRY}}`),
    refused('name_twice', 'one name twice.', `{"a":${ENTRY},"a":${ENTRY}}`),
    refused('name_twice_by_escape', 'one name twice, once as an escape.', `{"a":${ENTRY},"\\u0061":${ENTRY}}`),
    refused('unknown_member', 'a member that nobody knows.', { a: { ...U8, strides: [1] } }),
    refused('unknown_dtype', 'a dtype that nobody knows.', { a: { ...U8, dtype: 'U7' } }),
    refused('metadata_number', 'metadata that are no texts.', { __metadata__: { a: 1 }, a: U8 }),
    refused('shape_mismatch', 'a shape of three in four bytes.', { a: { ...U8, shape: [3] } }),
    refused('shape_overflow', 'a shape whose product is beyond 64 bits.', {
      a: { ...U8, shape: [4294967296, 4294967296, 4] },
    }),
    refused(
      'integer_beyond_2_53',
      'a dimension beyond 2^53.',
      '{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,4]}}',
    ),
    refused('overlap', 'two tensors in one place.', { a: U8, b: U8 }),
    refused('hole', 'a byte that belongs to nothing.', { a: { ...U8, data_offsets: [1, 5] } }, 5),
    refused('out_of_bounds', 'a tensor that ends after the file.', { a: U8 }, 3),
    refused('trailing_byte', 'a byte after the last tensor.', { a: U8 }, 5),
  ];
}

function tflite(): Vector[] {
  const file = 'model.tflite';
  const tensor = { name: 'w', shape: [2, 3], type: 1, buffer: 1 };
  const refused = (name: string, says: string, bytes: Uint8Array) =>
    bad(file, `tflite_${name}`, 'MALFORMED', says, bytes);
  const graph = [{ name: 'in', shape: [1, 3] }, tensor, { ...tensor, name: 'again' }];
  const bytes = buildTflite([graph, graph], [data(0xa1, 12)]);
  return [
    good(file, 'tflite_shared', 'a buffer that four tensors share, listed once.', bytes, [
      { name: 'w', dtype: 'f16', shape: [2, 3], first: 0xa1, length: 12 },
    ]),
    refused('cut', 'the second half is missing.', bytes.subarray(0, bytes.length / 2)),
    refused(
      'no_such_buffer',
      'a tensor of buffer 7 of two.',
      buildTflite([[{ ...tensor, buffer: 7 }]], [data(0xa1, 12)]),
    ),
    refused('shape_mismatch', 'six values in eight bytes.', buildTflite([[tensor]], [data(0xa1, 8)])),
    refused(
      'far_data_beyond_the_end',
      'data behind the end of the file.',
      buildTflite([[tensor]], [farBuffer(100_000, 12)]),
    ),
    refused(
      'overlap',
      'two buffers that overlap.',
      buildTflite([[tensor, { ...tensor, buffer: 2 }]], [farBuffer(32, 12), farBuffer(40, 12)]),
    ),
  ];
}

function onnx(): Vector[] {
  const file = 'model.onnx';
  const tensor = { name: 'w', dims: [2], raw: data(0xa1, 8) };
  const listed = { name: 'w', dtype: 'f32', shape: [2], first: 0xa1, length: 8 };
  const outside = (location: string) => ({ name: 'w', dims: [2], external: { location } });
  const unsafe = (name: string, says: string, bytes: Uint8Array) =>
    bad(file, `onnx_${name}`, 'UNSAFE_MODEL', says, bytes);
  const refused = (name: string, says: string, bytes: Uint8Array) =>
    bad(file, `onnx_${name}`, 'MALFORMED', says, bytes);
  return [
    good(file, 'onnx_initializer', 'an initializer.', onnxModel([initializer(tensor)]), [listed]),
    good(
      file,
      'onnx_subgraph',
      'a tensor in a branch of If.',
      onnxModel([nodeWith(bytesField(6, initializer(tensor)))]),
      [listed],
    ),
    good(
      file,
      'onnx_packed_floats',
      'floats that are no raw data and lie like them.',
      onnxModel([initializer({ name: 'w', dims: [2], fields: [bytesField(4, data(0xa1, 8))] })]),
      [listed],
    ),
    good(
      file,
      'onnx_outside',
      'data in a file of the same folder.',
      onnxModel([initializer(outside('data/w.bin'))]),
      [],
    ),
    unsafe('outside_climbs', 'data in a file above.', onnxModel([initializer(outside('../w.bin'))])),
    unsafe('outside_absolute', 'data in an absolute path.', onnxModel([initializer(outside('/etc/passwd'))])),
    unsafe('outside_in_memory', 'data at an address.', onnxModel([initializer(outside('*/_ORT_MEM_ADDR_/*'))])),
    unsafe(
      'outside_climbs_in_an_attribute',
      'data in a file above, in an attribute.',
      onnxModel([nodeWith(bytesField(5, onnxTensor(outside('../w.bin'))))]),
    ),
    unsafe(
      'outside_climbs_in_a_sparse_tensor',
      'data in a file above, in a sparse initializer.',
      onnxModel([bytesField(15, bytesField(2, onnxTensor(outside('../w.bin'))))]),
    ),
    unsafe(
      'outside_climbs_in_training',
      'data in a file above, in training information.',
      onnxModel([], bytesField(20, bytesField(2, initializer(outside('../w.bin'))))),
    ),
    unsafe(
      'outside_climbs_in_a_second_graph',
      'data in a file above, in a graph that is there twice.',
      onnxModel([], bytesField(7, initializer(outside('../w.bin')))),
    ),
    refused(
      'oversized_varint',
      'a varint of 11 bytes.',
      message(onnxModel([]), Uint8Array.of(8, ...new Array(10).fill(0xff), 1)),
    ),
    refused('length_mismatch', 'three floats in eight bytes.', onnxModel([initializer({ ...tensor, dims: [3] })])),
    refused('negative_dimension', 'a dimension of -2.', onnxModel([initializer({ ...tensor, dims: [-2] })])),
    refused(
      'field_leaves_its_message',
      'a graph that ends after the file.',
      onnxModel([initializer(tensor)]).subarray(0, -1),
    ),
    refused('no_graph', 'a version alone.', message(integer(1, 8), integer(5, 1))),
  ];
}

function gguf(): Vector[] {
  const file = 'model.gguf';
  const tensor = { name: 'w', dims: [32, 2], type: 8, offset: 0 };
  const refused = (name: string, says: string, content: Parameters<typeof buildGguf>[0]) =>
    bad(file, `gguf_${name}`, 'MALFORMED', says, buildGguf({ tensors: [tensor], data: 68, ...content }));
  const keys = [
    ['general.architecture', ggufString('llama')],
    ['a.list', ggufList(8, [ggufText('x'), ggufText('y')])],
  ] as const;
  const two = [tensor, { ...tensor, name: 'v', dims: [5], type: 0, offset: 96 }];
  const body = Buffer.concat([data(0xa1, 96), data(0xa2, 20)]);
  const last = { name: 'v', dtype: 'f32', shape: [5], first: 0xa2, length: 20 };
  const first = { name: 'w', dtype: 'ggml:q8_0', shape: [2, 32], first: 0xa1, length: 68 };
  return [
    good(file, 'gguf_plain', 'two tensors, padding between them.', buildGguf({ keys, tensors: two, data: body }), [
      first,
      last,
    ]),
    good(file, 'gguf_version_2', 'the version before.', buildGguf({ version: 2, tensors: two, data: body }), [
      first,
      last,
    ]),
    refused('magic', 'another magic.', { magic: 'GGML' }),
    refused('version_1', 'a version that is no longer read.', { version: 1 }),
    refused('count_beyond_the_file', 'more tensors than the file can hold.', { tensorCount: 10_000 }),
    refused('key_twice', 'one key twice.', {
      keys: [
        ['a', ggufUint32(1)],
        ['a', ggufUint32(1)],
      ],
    }),
    refused('name_twice', 'two tensors of one name.', { tensors: [tensor, { ...tensor, offset: 96 }], data: 164 }),
    refused('alignment_24', 'an alignment that is no power of two.', { keys: [['general.alignment', ggufUint32(24)]] }),
    refused('list_beyond_the_file', 'a list longer than the file.', { keys: [['a', ggufList(0, [], 1_000_000)]] }),
    refused('unknown_type', 'a type that nobody knows.', { tensors: [{ ...tensor, type: 99 }] }),
    refused('half_a_block', 'rows of 33 values in blocks of 32.', { tensors: [{ ...tensor, dims: [33, 2] }] }),
    refused('shape_overflow', 'a shape beyond 2^53.', {
      tensors: [{ ...tensor, dims: [4_294_967_296, 4_294_967_296] }],
    }),
    refused('offset_not_aligned', 'an offset of 8.', { tensors: [{ ...tensor, offset: 8 }], data: 96 }),
    refused('offset_that_wraps', 'an offset that padding would wrap to 0.', {
      tensors: [{ ...tensor, offset: 2n ** 64n - 8n }],
    }),
    refused('overlap', 'two tensors that overlap.', {
      tensors: [tensor, { ...tensor, name: 'v', offset: 64 }],
      data: 160,
    }),
    refused('hole', 'bytes between two tensors.', {
      tensors: [tensor, { ...tensor, name: 'v', offset: 128 }],
      data: 196,
    }),
    refused('trailing_bytes', 'bytes after the last tensor.', { data: 128 }),
    refused('cut', 'the last byte of the tensor is missing.', { data: 67, isPadded: false }),
    refused('no_padding', 'no padding after the last tensor.', { isPadded: false }),
  ];
}

function shardIndexes(): Vector[] {
  const index = (name: string, outcome: Outcome, says: string, weights: string) =>
    vector('tensor-readers', `shard_index_${name}`, outcome, {
      says,
      files: { 'model.safetensors.index.json': `{"metadata":{"total_size":8},"weight_map":${weights}}\n` },
      given: { files: ['m-1.safetensors', 'm-2.safetensors'] },
    });
  return [
    index('plain', 'OK', 'two shards that are there.', '{"a":"m-1.safetensors","b":"m-2.safetensors"}'),
    index('climbs', 'UNSAFE_MODEL', 'a shard in the folder above.', '{"a":"../m-1.safetensors"}'),
    index('absolute', 'UNSAFE_MODEL', 'a shard at an absolute path.', '{"a":"/m-1.safetensors"}'),
    index('missing_shard', 'UNSAFE_MODEL', 'a shard that is not there.', '{"a":"m-3.safetensors"}'),
    index('tensor_in_two', 'MALFORMED', 'one tensor in two shards.', '{"a":"m-1.safetensors","a":"m-2.safetensors"}'),
  ];
}
