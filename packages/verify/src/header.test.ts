import { toHex } from '@weighbridge/core/hex';
import { describe, expect, it } from 'vitest';
import { readHeader } from './header.js';
import { decodeRlp, encodeRlp, type RlpItem, rlpInteger } from './rlp.js';
import { makeHeader } from './testing/world.js';
import { wordOf } from './words.js';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const root = wordOf(7);
const fieldsOf = (raw: Uint8Array) => [...(decodeRlp(raw) as readonly RlpItem[])];

function withField(index: number, value: RlpItem): Uint8Array {
  return encodeRlp(fieldsOf(makeHeader(root, 100, 1000)).with(index, value));
}

/** The genesis block of Ethereum, from its published fields. */
const GENESIS = encodeRlp([
  new Uint8Array(32),
  bytes('1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347'),
  new Uint8Array(20),
  bytes('d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544'),
  bytes('56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'),
  bytes('56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421'),
  new Uint8Array(256),
  bytes('0400000000'),
  rlpInteger(0),
  bytes('1388'),
  rlpInteger(0),
  rlpInteger(0),
  bytes('11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa'),
  new Uint8Array(32),
  bytes('0000000000000042'),
]);

describe('readHeader', () => {
  it('reads a real header of 15 fields', () => {
    expect(readHeader(GENESIS)).toEqual({
      hash: 'd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3',
      stateRoot: bytes('d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544'),
      number: 0,
      timestamp: 0,
    });
  });

  it.each([15, 17, 20, 21, 23, 64])('reads a header of %i fields by position', (fields) => {
    const header = readHeader(makeHeader(root, 19_000_000, 1_767_225_600, fields));
    expect([toHex(header.stateRoot), header.number, header.timestamp]).toEqual([
      toHex(root),
      19_000_000,
      1_767_225_600,
    ]);
  });

  it.each([
    ['14 fields', makeHeader(root, 1, 1, 14)],
    ['65 fields', makeHeader(root, 1, 1, 65)],
    ['no list', encodeRlp(new Uint8Array(600))],
    ['trailing bytes', Uint8Array.of(...GENESIS, 0)],
    ['a cut end', GENESIS.subarray(0, -1)],
    ['no bytes', new Uint8Array(0)],
    ['a list as a field', withField(20, [wordOf(1)])],
    ['a list as its number', withField(8, [])],
    ['a state root of 31 bytes', withField(3, wordOf(1).subarray(1))],
    ['a state root of 33 bytes', withField(3, Uint8Array.of(0, ...wordOf(1)))],
    ['a number with a leading zero', withField(8, bytes('0001'))],
    ['a number of 2^53', withField(8, rlpInteger(2n ** 53n))],
    ['a timestamp with a leading zero', withField(11, bytes('00ff'))],
    ['a timestamp of 2^64', withField(11, rlpInteger(2n ** 64n))],
    ['a non-canonical length', Uint8Array.of(0xf9, 0x00, 0x0f, ...new Uint8Array(15).fill(1))],
  ])('refuses %s', (_, raw) => expect(() => readHeader(raw)).toThrow(expect.objectContaining({ code: 'MALFORMED' })));

  it('takes the largest exact integer', () => {
    expect(readHeader(withField(8, rlpInteger(2n ** 53n - 1n))).number).toBe(Number.MAX_SAFE_INTEGER);
  });
});
