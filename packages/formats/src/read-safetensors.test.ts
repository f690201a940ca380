import { describe, expect, it } from 'vitest';
import { readSafetensors } from './read-safetensors.js';
import { buildSafetensors } from './testing/build-safetensors.js';
import { memorySource } from './testing/memory-source.js';
import { mutantCount, mutantTimeout, readMutants } from './testing/mutants.js';

const read = (bytes: Uint8Array, size?: number) => readSafetensors(memorySource(bytes, size), 'model.safetensors');
const tensor = (dtype: string, shape: unknown, begin: unknown, end: unknown) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const U8 = tensor('U8', [4], 0, 4);
const refused = (code: string, tensorName?: string) =>
  expect.objectContaining({
    code,
    hint: expect.any(String),
    details:
      tensorName === undefined ? { file: 'model.safetensors' } : { file: 'model.safetensors', tensor: tensorName },
  });

describe('good files', () => {
  it('are listed in the order of their data', () => {
    const header = {
      __metadata__: { format: 'pt' },
      second: tensor('BF16', [2, 3], 4, 16),
      first: U8,
      scalar: tensor('F64', [], 16, 24),
      empty: tensor('F32', [0, 5], 24, 24),
    };
    const start = 8 + JSON.stringify(header).length;
    expect(read(buildSafetensors(header, 24))).toEqual({
      format: 'safetensors',
      tensors: [
        { name: 'first', dtype: 'u8', shape: [4], offset: start, length: 4 },
        { name: 'second', dtype: 'bf16', shape: [2, 3], offset: start + 4, length: 12 },
        { name: 'scalar', dtype: 'f64', shape: [], offset: start + 16, length: 8 },
        { name: 'empty', dtype: 'f32', shape: [0, 5], offset: start + 24, length: 0 },
      ],
    });
  });

  it.each([
    ['no tensors', '{}', 0],
    ['spaces after the object', '{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}   ', 4],
    ['types of less than a byte', { a: tensor('F4', [4], 0, 2), b: tensor('F6_E2M3', [4], 2, 5) }, 5],
    ['a tensor called __proto__', '{"__proto__":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}', 4],
    ['a tensor called constructor', { constructor: U8 }, 4],
    ['numbers as names', { 7: tensor('U8', [2], 2, 4), 11: tensor('U8', [2], 0, 2) }, 4],
  ])('%s', (_, header, data) => expect(() => read(buildSafetensors(header, data))).not.toThrow());

  it('of 4.5 GiB cost their header alone', () => {
    const size = 4.5 * 2 ** 30;
    const header = JSON.stringify({ big: tensor('BF16', [size / 2], 0, size) });
    const { tensors } = read(buildSafetensors(header, 0), 8 + header.length + size);
    expect(tensors[0]).toMatchObject({ offset: 8 + header.length, length: size });
  });

  it('of 20,000 tensors are read', () => {
    const entries = Array.from({ length: 20_000 }, (_, at) => [`layer.${at}`, tensor('U8', [1], at, at + 1)]);
    expect(read(buildSafetensors(Object.fromEntries(entries), 20_000)).tensors).toHaveLength(20_000);
  });
});

describe('a header is refused', () => {
  it.each([
    ['of no file', new Uint8Array(0)],
    ['in a file of 7 bytes', new Uint8Array(7)],
    ['of length 0', buildSafetensors('', 8)],
    ['longer than the file', buildSafetensors('{}', 0, 3)],
    ['of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b, 0x7d)],
    ['that does not begin with {', buildSafetensors('[{}]', 0)],
    ['after a space', buildSafetensors(' {}', 0)],
    ['with a second value', buildSafetensors('{}{}', 0)],
    ['with a line feed after it', buildSafetensors('{}\n', 0)],
    ['cut off', buildSafetensors('{"a":', 0)],
    ['not in UTF-8', buildSafetensors('{}', 0).fill(0xff, 9, 10)],
  ])('%s', (_, bytes) => expect(() => read(bytes)).toThrow(refused('MALFORMED')));

  it('over 100 MB', () => {
    const bytes = buildSafetensors('{}', 0, 100_000_001);
    expect(() => read(bytes, 200_000_000)).toThrow(refused('LIMIT'));
  });

  it('with a bomb of lists', () => {
    expect(() => read(buildSafetensors(`{"a":${'['.repeat(100_000)}`, 0))).toThrow(refused('MALFORMED'));
    expect(() => read(buildSafetensors(`{"a":${'['.repeat(100_000)}}`, 0))).toThrow(refused('LIMIT'));
  });

  it.each([
    [
      'twice',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"a":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
    ],
    [
      'twice by an escape',
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"\\u0061":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}',
    ],
    [
      'with an integer beyond 2^53',
      '{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,9007199254740993]}}',
    ],
    ['with a fraction', '{"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}}'],
    ['with a negative dimension', '{"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}}'],
    ['with metadata that are no texts', '{"__metadata__":{"a":1},"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'],
    ['with metadata as a list', '{"__metadata__":["a"],"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'],
  ])('that has a tensor %s', (_, header) =>
    expect(() => read(buildSafetensors(header, 4))).toThrow(refused('MALFORMED')),
  );
});

describe('a tensor is refused', () => {
  it.each([
    ['of an unknown dtype', tensor('F12', [4], 0, 4)],
    ['of a dtype in small letters', tensor('u8', [4], 0, 4)],
    ['of a dtype that is a number', { dtype: 8, shape: [4], data_offsets: [0, 4] }],
    ['that is null', null],
    ['that is a list', [U8]],
    ['with a member more', { ...U8, strides: [1] }],
    ['with a member less', { dtype: 'U8', shape: [4] }],
    ['with __proto__ in place of a member', JSON.parse('{"dtype":"U8","shape":[4],"__proto__":[0,4]}')],
    ['with a shape that is a number', tensor('U8', 4, 0, 4)],
    ['with a shape of texts', tensor('U8', ['4'], 0, 4)],
    ['with three offsets', { dtype: 'U8', shape: [4], data_offsets: [0, 2, 4] }],
    ['that ends before it begins', tensor('U8', [4], 4, 0)],
    ['out of bounds', tensor('U8', [5], 0, 5)],
    ['far out of bounds', tensor('U8', [2 ** 52], 0, 2 ** 52)],
    ['longer than its shape', tensor('U8', [3], 0, 4)],
    ['shorter than its shape', tensor('F32', [2], 0, 4)],
    ['with a shape that overflows', tensor('U8', [2 ** 32, 2 ** 32], 0, 0)],
    ['with bits that overflow', tensor('F64', [2 ** 51], 0, 4)],
    ['in half a byte', tensor('F4', [7], 0, 4)],
    ['after a hole', tensor('U8', [3], 1, 4)],
  ])('%s', (_, a) => expect(() => read(buildSafetensors({ a }, 4))).toThrow(refused('MALFORMED', 'a')));

  it('with a shape that overflows before a zero, and no bytes', () => {
    const header = { a: tensor('U8', [2 ** 32, 2 ** 32, 0], 0, 0) };
    expect(() => read(buildSafetensors(header, 0))).toThrow(refused('MALFORMED', 'a'));
  });

  it('that overlaps another', () => {
    const header = { a: tensor('U8', [3], 0, 3), b: tensor('U8', [2], 2, 4) };
    expect(() => read(buildSafetensors(header, 4))).toThrow(refused('MALFORMED', 'b'));
  });

  it('that lies where another does', () => {
    expect(() => read(buildSafetensors({ a: U8, b: U8 }, 4))).toThrow(refused('MALFORMED', 'b'));
  });

  it('after a hole between two', () => {
    const header = { a: tensor('U8', [1], 0, 1), b: tensor('U8', [2], 2, 4) };
    expect(() => read(buildSafetensors(header, 4))).toThrow(refused('MALFORMED', 'b'));
  });
});

it('bytes after the last tensor are refused', () => {
  expect(() => read(buildSafetensors({ a: U8 }, 5))).toThrow(refused('MALFORMED'));
  expect(() => read(buildSafetensors({}, 1))).toThrow(refused('MALFORMED'));
});

it(
  'mutants are refused or read, never more',
  () => {
    const header = { __metadata__: { x: 'y' }, a: tensor('BF16', [2, 3], 0, 12), b: U8 };
    const files = [
      buildSafetensors({ a: tensor('U8', [4], 0, 4), b: tensor('F32', [2], 4, 12) }, 12),
      buildSafetensors({ ...header, b: tensor('U8', [4], 12, 16) }, 16),
      buildSafetensors('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}  ', 2),
    ];
    const { accepted, refused } = readMutants(files, mutantCount(), read);
    expect(accepted).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(accepted);
  },
  mutantTimeout(),
);
