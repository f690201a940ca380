import type { TensorTable } from '@weighbridge/core/tensor';
import { describe, expect, it } from 'vitest';
import { readShardIndex, requireShards } from './read-shard-index.js';
import { memorySource } from './testing/memory-source.js';

const FILE = 'model.safetensors.index.json';
const SHARDS = ['a-1.safetensors', 'a-2.safetensors', 'sub/a-3.safetensors'];
const read = (index: unknown) => {
  const text = typeof index === 'string' ? index : JSON.stringify(index);
  return readShardIndex(memorySource(new Uint8Array(Buffer.from(text))), FILE, SHARDS);
};
const refused = (code: string, tensor?: string) =>
  expect.objectContaining({
    code,
    hint: expect.any(String),
    details: tensor === undefined ? { file: FILE } : { file: FILE, tensor },
  });
const table = (...names: string[]): TensorTable => ({
  format: 'safetensors',
  tensors: names.map((name, offset) => ({ name, dtype: 'u8', shape: [1], offset, length: 1 })),
});

describe('an index', () => {
  it('gives the tensors of each shard', () => {
    const weight_map = { x: SHARDS[1], __proto__x: SHARDS[0], y: SHARDS[1], z: SHARDS[2] };
    expect([...read({ metadata: { total_size: 12 }, weight_map }).shards]).toEqual([
      [SHARDS[1], ['x', 'y']],
      [SHARDS[0], ['__proto__x']],
      [SHARDS[2], ['z']],
    ]);
    expect(read('{"weight_map":{"__proto__":"a-1.safetensors"}}').shards.get(SHARDS[0]!)).toEqual(['__proto__']);
  });

  it.each([
    ['empty', ''],
    ['a list', []],
    ['without weight_map', { metadata: {} }],
    ['with a list as weight_map', { weight_map: [] }],
    ['cut off', '{"weight_map":{'],
  ])('%s is refused', (_, index) => expect(() => read(index)).toThrow(refused('MALFORMED')));

  it('with a tensor in two shards is refused', () => {
    const twice = '{"weight_map":{"w":"a-1.safetensors","w":"a-2.safetensors"}}';
    expect(() => read(twice)).toThrow(refused('MALFORMED'));
    expect(() => read(twice.replace(',"w"', ',"\\u0077"'))).toThrow(refused('MALFORMED'));
  });

  it('with a shard that is no text, or not there, is refused', () => {
    expect(() => read({ weight_map: { w: 1 } })).toThrow(refused('MALFORMED', 'w'));
    expect(() => read({ weight_map: { v: SHARDS[0], w: 'a-4.safetensors' } })).toThrow(refused('UNSAFE_MODEL', 'w'));
  });

  it.each([
    '../a-1.safetensors',
    'sub/../../x',
    '/etc/passwd',
    'C:/x',
    'sub\\x',
    './a-1.safetensors',
    '',
    '.git/config',
  ])('with the shard %j is refused', (shard) =>
    expect(() => read({ weight_map: { w: shard } })).toThrow(refused('UNSAFE_MODEL', 'w')),
  );

  it('that is too large is refused before it is read', () => {
    const source = { sizeBytes: 100_000_001, read: () => expect.unreachable() };
    expect(() => readShardIndex(source, FILE, SHARDS)).toThrow(refused('LIMIT'));
  });
});

describe('shards', () => {
  const index = read({ weight_map: { x: SHARDS[0], y: SHARDS[1] } });

  it('that hold what the index says', () => {
    const tables = new Map([
      [SHARDS[0]!, table('x', 'more')],
      [SHARDS[1]!, table('y')],
    ]);
    expect(() => requireShards(index, tables, FILE)).not.toThrow();
  });

  it.each([
    ['one tensor in two', table('x', 'y'), table('y'), 'y'],
    ['a tensor in another', table(), table('x', 'y'), 'x'],
    ['a tensor in none', table('x'), table(), 'y'],
  ])('with %s are refused', (_, first, second, tensor) => {
    const tables = new Map([
      [SHARDS[0]!, first],
      [SHARDS[1]!, second],
    ]);
    expect(() => requireShards(index, tables, FILE)).toThrow(refused('MALFORMED', tensor));
  });
});
