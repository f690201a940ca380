import { describe, expect, it } from 'vitest';
import { GGML_TYPES } from './ggml-types.js';
import { readGguf } from './read-gguf.js';
import {
  buildGguf,
  type GgufContent,
  ggufList,
  ggufString,
  ggufText,
  ggufUint32,
  u32,
  u64,
} from './testing/build-gguf.js';
import { memorySource } from './testing/memory-source.js';
import { mutantCount, mutantTimeout, readMutants } from './testing/mutants.js';

const read = (bytes: Uint8Array, size?: number) => readGguf(memorySource(bytes, size), 'model.gguf');
const build = (content: GgufContent) => read(buildGguf(content));
const refused = (code: string, tensor?: string) =>
  expect.objectContaining({
    code,
    hint: expect.any(String),
    details: tensor === undefined ? { file: 'model.gguf' } : { file: 'model.gguf', tensor },
  });
const [F32, F16, Q8_0] = [0, 1, 8];
const W = { name: 'w', dims: [32, 2], type: Q8_0, offset: 0 };

describe('good files', () => {
  const keys = [
    ['general.architecture', ggufString('llama')],
    ['a.number', ggufUint32(7)],
    ['a.bool', { type: 7, bytes: Uint8Array.of(1) }],
    ['a.list', ggufList(8, [ggufText('x'), ggufText('yz')])],
    ['a.list.of.numbers', ggufList(6, [u32(1), u32(2)])],
    ['a.list.of.texts', ggufList(8, [])],
  ] as const;

  it.each([2, 3])('version %i: names, types, shapes from the outside in, places', (version) => {
    const tensors = [
      W,
      { name: 'v', dims: [5], type: F32, offset: 96 },
      { name: 's', dims: [], type: F16, offset: 128 },
    ];
    const { format, tensors: found } = build({ version, keys, tensors, data: 160 });
    expect(format).toBe('gguf');
    const start = found[0]!.offset;
    expect(start % 32).toBe(0);
    expect(found).toEqual([
      { name: 'w', dtype: 'ggml:q8_0', shape: [2, 32], offset: start, length: 68 },
      { name: 'v', dtype: 'f32', shape: [5], offset: start + 96, length: 20 },
      { name: 's', dtype: 'f16', shape: [], offset: start + 128, length: 2 },
    ]);
  });

  it('with another alignment', () => {
    const tensors = [W, { name: 'v', dims: [5], type: F32, offset: 128 }];
    const content = { keys: [['general.alignment', ggufUint32(64)]] as const, tensors, alignment: 64 };
    expect(build({ ...content, data: 192 }).tensors[1]!.length).toBe(20);
    expect(() => build({ ...content, data: 192 + 64 })).toThrow(refused('MALFORMED'));
  });

  it.each([...GGML_TYPES])('type %i', (type, { dtype, blockElements, blockBytes }) => {
    const tensors = [{ name: 'w', dims: [blockElements * 2, 3], type, offset: 0 }];
    expect(build({ tensors, data: blockBytes * 6 }).tensors).toMatchObject([{ dtype, length: blockBytes * 6 }]);
  });

  it('without tensors, or keys', () => {
    expect(build({}).tensors).toEqual([]);
    expect(build({ keys }).tensors).toEqual([]);
  });

  it('of 4.5 GiB cost their header alone', () => {
    const elements = 4.5 * 2 ** 30;
    const head = buildGguf({ tensors: [{ name: 'w', dims: [1024, elements / 1024], type: 24, offset: 0 }], data: 32 });
    expect(read(head, head.length - 32 + elements).tensors[0]!.length).toBe(elements);
  });
});

describe('a file is refused', () => {
  it.each([
    ['empty', new Uint8Array(0)],
    ['with another magic', buildGguf({ magic: 'GGUX' })],
    ['of version 1', buildGguf({ version: 1 })],
    ['of version 4', buildGguf({ version: 4 })],
    ['in big-endian order', buildGguf({ version: 0x03000000 })],
    ['cut in its header', buildGguf({}).subarray(0, 20)],
    ['with more tensors than it holds', buildGguf({ tensorCount: 3 })],
    ['with more keys than it holds', buildGguf({ keyCount: 3 })],
    ['with a count of tensors beyond 2^53', buildGguf({ tensorCount: 2n ** 63n })],
    ['with a count of keys beyond 2^53', buildGguf({ keyCount: 2n ** 64n - 1n })],
    ['with bytes after its tensors', buildGguf({ tensors: [W], data: 97 })],
    ['without padding', buildGguf({ tensors: [W], data: 68, isPadded: false })],
    ['with a bit of padding', buildGguf({ tensors: [W], data: 70, isPadded: false })],
    ['with bytes and no tensors', buildGguf({ data: 40 })],
  ])('%s', (_, bytes) => expect(() => read(bytes)).toThrow(refused('MALFORMED')));

  it('with a count of tensors or keys over the limit', () => {
    expect(() => build({ tensorCount: 1_000_001 })).toThrow(refused('LIMIT'));
    expect(() => build({ keyCount: 100_001 })).toThrow(refused('LIMIT'));
  });

  it('cut anywhere', () => {
    const bytes = buildGguf({ keys: [['a', ggufList(8, [ggufText('x')])]], tensors: [W], data: 68 });
    for (let end = 0; end < bytes.length; end += 1) {
      expect(() => read(bytes.subarray(0, end)), String(end)).toThrow(refused('MALFORMED'));
    }
  });

  it.each([
    [
      'twice',
      [
        ['a', ggufUint32(1)],
        ['a', ggufUint32(2)],
      ],
    ],
    ['of an unknown type', [['a', { type: 13, bytes: u64(0) }]]],
    ['that is no boolean', [['a', { type: 7, bytes: Uint8Array.of(2) }]]],
    ['that is a list of no booleans', [['a', ggufList(7, [Uint8Array.of(2)])]]],
    ['that is a list of an unknown type', [['a', ggufList(13, [u64(0)])]]],
    ['that is a list of lists', [['a', ggufList(9, [ggufList(4, [u32(1)]).bytes])]]],
    ['that is an empty list of lists', [['a', ggufList(9, [])]]],
    ['without a name', [['', ggufUint32(1)]]],
    ['that is a text not in UTF-8', [['a', { type: 8, bytes: new Uint8Array([...u64(1), 0xff]) }]]],
    ['that is a list of texts not in UTF-8', [['a', ggufList(8, [new Uint8Array([...u64(1), 0xff])])]]],
    ['that is a list longer than the file', [['a', ggufList(0, [], 1e6)]]],
    ['that is a list of 2^63', [['a', ggufList(8, [], 2n ** 63n)]]],
    ['that is a list whose bytes overflow', [['a', ggufList(10, [], 2n ** 53n - 1n)]]],
    ['that is a text longer than the file', [['a', { type: 8, bytes: u64(1e6) }]]],
    ['that is a text of 2^64 - 1', [['a', { type: 8, bytes: u64(2n ** 64n - 1n) }]]],
    ['that is an alignment of 0', [['general.alignment', ggufUint32(0)]]],
    ['that is an alignment of 24', [['general.alignment', ggufUint32(24)]]],
    ['that is an alignment of 4', [['general.alignment', ggufUint32(4)]]],
    ['that is an alignment as 64 bits', [['general.alignment', { type: 10, bytes: u64(32) }]]],
  ] as const)('with a key %s', (_, keys) => expect(() => build({ keys })).toThrow(refused('MALFORMED')));

  it('with a key too long', () => {
    expect(() => build({ keys: [['a'.repeat(65_536), ggufUint32(1)]] })).toThrow(refused('LIMIT'));
  });

  it('with a name of a tensor too long', () => {
    expect(() => build({ tensors: [{ ...W, name: 'w'.repeat(64) }], data: 68 })).not.toThrow();
    expect(() => build({ tensors: [{ ...W, name: 'w'.repeat(65) }], data: 68 })).toThrow(refused('LIMIT'));
  });

  it.each([
    ['of an unknown type', { type: 99 }],
    ['of a type that was removed', { type: 4 }],
    ['of five dimensions', { dims: [32, 1, 1, 1, 2] }],
    ['of a dimension of 0', { dims: [32, 0] }],
    ['of a row that is no whole block', { dims: [33, 2] }],
    ['of a shape that overflows', { dims: [2 ** 32, 2 ** 32] }],
    ['of bytes that overflow', { dims: [2 ** 53 - 32], type: F32 }],
    ['at an offset that is not aligned', { offset: 8 }],
    ['at an offset behind a hole', { offset: 32 }],
  ])('with a tensor %s', (_, change) => {
    expect(() => build({ tensors: [{ ...W, ...change }], data: 256 })).toThrow(refused('MALFORMED', 'w'));
  });

  it.each([
    ['a name twice', { name: 'w', offset: 96 }, 'w'],
    ['an overlap', { offset: 64 }, 'v'],
    ['one place for two', { offset: 0 }, 'v'],
    ['a hole between two', { offset: 128 }, 'v'],
    ['an order other than that of the data', { offset: 96 + 96 }, 'v'],
  ])('with %s', (_, change, name) => {
    const tensors = [W, { ...W, name: 'v', ...change }];
    expect(() => build({ tensors, data: 288 })).toThrow(refused('MALFORMED', name));
  });

  it.each([
    ['2^63', 2n ** 63n],
    ['2^53 - 32, which padding would carry over', 2n ** 53n - 32n],
    ['2^64 - 32, which padding would wrap', 2n ** 64n - 32n],
  ])('with an offset of %s', (_, offset) => {
    expect(() => build({ tensors: [{ ...W, offset }], data: 96 })).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
  });
});

it(
  'mutants are refused or read, never more',
  () => {
    const keys = [
      ['general.alignment', ggufUint32(32)],
      ['a.list', ggufList(8, [ggufText('x'), ggufText('yz')])],
      ['a.bools', ggufList(7, [Uint8Array.of(1)])],
    ] as const;
    const files = [
      buildGguf({ tensors: [W, { name: 'v', dims: [5], type: F32, offset: 96 }], data: 128 }),
      buildGguf({ keys, tensors: [W], data: 68 }),
    ];
    const { accepted, refused } = readMutants(files, mutantCount(), read);
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  },
  mutantTimeout(),
);
