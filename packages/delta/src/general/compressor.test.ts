import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../../../../test/support/golden-stream.js';
import { codeOf } from '../testing/code-of.js';
import { compress, decompress } from './compressor.js';

const text = Buffer.from('the quick brown fox jumps over the lazy dog, again and again '.repeat(50));

describe('compress and decompress', () => {
  it('give back any bytes, at the cost of one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const packed = compress(bytes);
        expect(packed.length).toBeLessThanOrEqual(bytes.length + 1);
        expect(Buffer.from(decompress(packed, bytes.length))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([1, 15, 16, 17, 63, 64, 65, 65_519, 1_048_575, 1_048_576, 4_194_305])('give back %i bytes', (length) => {
    const random = goldenBytes(length);
    const even = new Uint8Array(length).fill(7);
    for (const bytes of [random, even]) {
      expect(Buffer.compare(decompress(compress(bytes), length), bytes)).toBe(0);
    }
    expect(compress(random).length).toBeLessThanOrEqual(length + 1);
    expect(compress(even).length).toBeLessThan(32);
  });

  it('pack what can be packed', () => {
    expect(compress(text).length).toBeLessThan(100);
  });

  it('need nothing for nothing', () => {
    expect(compress(new Uint8Array(0))).toHaveLength(0);
    expect(decompress(new Uint8Array(0), 0)).toHaveLength(0);
  });
});

describe('decompress refuses', () => {
  const packed = compress(text);
  const stored = compress(goldenBytes(100));
  const appended = (bytes: Uint8Array) => new Uint8Array([...bytes, 0]);

  it.each<[string, Uint8Array, number]>([
    ['an empty stream of some bytes', new Uint8Array(0), 1],
    ['some bytes for nothing', Uint8Array.of(0), 0],
    ['a stored stream cut short', stored.subarray(0, -1), 100],
    ['a stored stream that goes on', appended(stored), 100],
    ['an unknown form', new Uint8Array([2, ...text]), text.length],
    ['a stream that goes on after its end', appended(packed), text.length],
    ['a stream of more bytes', packed, text.length - 1],
    ['a stream of fewer bytes', packed, text.length + 1],
    ['no stream', Uint8Array.of(1), text.length],
    ['a bomb, unpacked no further than its place says', compress(new Uint8Array(4_000_000)), 100],
  ])('%s', (_, bytes, length) => {
    expect(codeOf(() => decompress(bytes, length))).toBe('MALFORMED');
  });

  it('every cut', () => {
    for (let length = 0; length < packed.length; length += 1) {
      expect(codeOf(() => decompress(packed.subarray(0, length), text.length))).toBe('MALFORMED');
    }
  });

  it('every flipped bit, or it gives as many bytes', () => {
    for (let bit = 0; bit < packed.length * 8; bit += 1) {
      const bytes = Uint8Array.from(packed);
      bytes[bit >>> 3]! ^= 1 << (bit & 7);
      const outcome = codeOf(() => expect(decompress(bytes, text.length)).toHaveLength(text.length));
      expect(['OK', 'MALFORMED']).toContain(outcome);
    }
  });
});
