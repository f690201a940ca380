import { isWeighbridgeError } from '@weighbridge/core/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { codeOf } from './testing/code-of.js';
import { leb128, little } from './testing/spellings.js';

const MOST = 2n ** 53n - 1n;
const BORDERS = [0n, 1n, 127n, 128n, 2n ** 14n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 49n, MOST];
const BEYOND = [MOST + 1n, MOST + 2n, 2n ** 56n - 1n, 2n ** 56n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];

const reader = (bytes: Uint8Array) => new ByteReader(bytes, 'the bytes');

describe('varint', () => {
  it.each(BORDERS)('reads and writes %s in its shortest form', (value) => {
    expect(new ByteWriter().varint(Number(value)).finish()).toEqual(leb128(value));
    const read = reader(leb128(value));
    expect(read.varint()).toBe(Number(value));
    read.end();
  });

  it.each(BEYOND)('refuses %s', (value) => {
    expect(codeOf(() => reader(leb128(value)).varint())).toBe('MALFORMED');
  });

  it.each(BORDERS.filter((value) => value < 2n ** 49n))('refuses %s in a longer form', (value) => {
    expect(codeOf(() => reader(leb128(value, 1)).varint())).toBe('MALFORMED');
    expect(codeOf(() => reader(leb128(value, 2)).varint())).toBe('MALFORMED');
  });

  it('refuses a number without an end, however long', () => {
    expect(codeOf(() => reader(new Uint8Array(64).fill(0x80)).varint())).toBe('MALFORMED');
    expect(codeOf(() => reader(new Uint8Array(64).fill(0xff)).varint())).toBe('MALFORMED');
    expect(codeOf(() => reader(Uint8Array.of(0xff, 0xff)).varint())).toBe('MALFORMED');
  });

  it('takes one spelling of each number and gives it back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 10 }), (bytes) => {
        const read = reader(bytes);
        let value: number;
        try {
          value = read.varint();
        } catch (error) {
          expect(isWeighbridgeError(error) && error.code).toBe('MALFORMED');
          return;
        }
        expect(new ByteWriter().varint(value).finish()).toEqual(bytes.slice(0, bytes.length - read.left));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('zigzag', () => {
  it.each([
    [0, 0n],
    [-1, 1n],
    [1, 2n],
    [-2, 3n],
    [2 ** 31, 2n ** 32n],
    [-(2 ** 32), 2n ** 33n - 1n],
    [2 ** 52 - 1, 2n ** 53n - 2n],
    [-(2 ** 52), MOST],
  ])('%i is written as %s', (value, spelled) => {
    if (value > -(2 ** 52)) expect(new ByteWriter().zigzag(value).finish()).toEqual(leb128(spelled));
    expect(reader(leb128(spelled)).zigzag()).toBe(value);
  });

  it('has no negative zero', () => {
    expect(Object.is(reader(Uint8Array.of(0)).zigzag(), 0)).toBe(true);
  });
});

describe('fixed integers', () => {
  it('are little-endian', () => {
    const bytes = new ByteWriter()
      .u8(1)
      .u16(0x0302)
      .u32(0x87654321)
      .u64(2 ** 52 + 3)
      .finish();
    expect(Buffer.from(bytes).toString('hex')).toBe('01' + '0203' + '21436587' + '0300000000001000');
    const read = reader(bytes);
    expect([read.u8(), read.u16(), read.u32(), read.u64()]).toEqual([1, 0x0302, 0x87654321, 2 ** 52 + 3]);
    read.end();
  });

  it.each(BORDERS)('u64 holds %s', (value) => {
    expect(new ByteWriter().u64(Number(value)).finish()).toEqual(little(value, 8));
    expect(reader(little(value, 8)).u64()).toBe(Number(value));
  });

  it.each(BEYOND.filter((value) => value < 2n ** 64n))('u64 refuses %s', (value) => {
    expect(codeOf(() => reader(little(value, 8)).u64())).toBe('MALFORMED');
  });

  it('refuses to read beyond the end', () => {
    for (const read of ['u8', 'u16', 'u32', 'u64', 'varint', 'zigzag'] as const)
      expect(codeOf(() => reader(new Uint8Array(0))[read]())).toBe('MALFORMED');
    expect(codeOf(() => reader(new Uint8Array(7)).u64())).toBe('MALFORMED');
  });
});

describe('bytes', () => {
  it('are a view, and never longer than what is left', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const read = reader(bytes);
    expect(read.bytes(2).buffer).toBe(bytes.buffer);
    expect(codeOf(() => read.bytes(2))).toBe('MALFORMED');
    expect(codeOf(() => read.bytes(Number(MOST)))).toBe('MALFORMED');
    expect(read.bytes(1)).toEqual(Uint8Array.of(3));
    expect(read.bytes(0)).toHaveLength(0);
  });

  it('must all be read', () => {
    expect(codeOf(() => reader(Uint8Array.of(0)).end())).toBe('MALFORMED');
  });

  it('grow without losing any', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 20 }), (parts) => {
        const writer = new ByteWriter();
        for (const part of parts) writer.bytes(part);
        expect(writer.length).toBe(parts.reduce((sum, { length }) => sum + length, 0));
        expect(Buffer.from(writer.finish()).equals(Buffer.concat(parts))).toBe(true);
      }),
    );
  });
});

describe('count', () => {
  it('is LIMIT above what is allowed', () => {
    expect(reader(leb128(5n)).count('things', 5)).toBe(5);
    expect(codeOf(() => reader(leb128(6n)).count('things', 5))).toBe('LIMIT');
    expect(codeOf(() => reader(leb128(MOST)).count('things', 5))).toBe('LIMIT');
    expect(codeOf(() => reader(leb128(MOST + 1n)).count('things', 5))).toBe('MALFORMED');
  });
});
