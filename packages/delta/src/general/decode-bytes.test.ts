import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../../../../test/support/golden-stream.js';
import { ByteWriter } from '../byte-writer.js';
import { codeOf } from '../testing/code-of.js';
import { leb128 } from '../testing/spellings.js';
import { BytesIndex } from './bytes-index.js';
import { compress } from './compressor.js';
import { decodeBytes } from './decode-bytes.js';
import { encodeBytes } from './encode-bytes.js';
import { filesInMemory } from './testing/files-in-memory.js';
import { runToEnd } from './testing/run-to-end.js';

const BASE = filesInMemory(goldenBytes(3000), new Uint8Array(0), goldenBytes(5000).subarray(3000));
const HUGE = [2n ** 31n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n];

function decoded(payload: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  decodeBytes(payload, BASE, out);
  return out;
}

/** [literals before, length, zigzag of the address less the expected one] of each alignment. */
type Numbers = readonly (readonly [number | bigint, number | bigint, number | bigint])[];

function payloadOf(
  numbers: Numbers,
  differences: number,
  literals: number,
  over: { form?: number; count?: number } = {},
) {
  const list = Buffer.concat(numbers.flat().map((value) => leb128(BigInt(value))));
  const packed = [compress(list), compress(new Uint8Array(differences)), compress(new Uint8Array(literals).fill(9))];
  const writer = new ByteWriter()
    .u8(over.form ?? 0)
    .varint(over.count ?? numbers.length)
    .varint(list.length);
  writer.varint(packed[0]!.length).bytes(packed[0]!).varint(packed[1]!.length).bytes(packed[1]!);
  return writer.bytes(packed[2]!).finish();
}

describe('decodeBytes', () => {
  it('reads what the rules say', () => {
    const payload = payloadOf(
      [
        [2, 3, 20],
        [1, 4, 5],
      ],
      7,
      4,
    );
    const base = goldenBytes(20);
    const nines = (count: number) => new Uint8Array(count).fill(9);
    const expected = Buffer.concat([nines(2), base.subarray(10, 13), nines(1), base.subarray(10, 14), nines(1)]);
    expect(Buffer.from(decoded(payload, 11))).toEqual(expected);
  });

  it('takes the last byte of a file, and the first of one behind an empty one', () => {
    expect(
      Buffer.from(
        decoded(
          payloadOf(
            [
              [0, 1, 2 * 2999],
              [0, 1, 0],
            ],
            2,
            0,
          ),
          2,
        ),
      ),
    ).toEqual(goldenBytes(3002).subarray(2999, 3001));
    expect(codeOf(() => decoded(payloadOf([[0, 1, 2 * 4999]], 1, 0), 1))).toBe('OK');
  });

  it.each<[string, Numbers, number, number]>([
    ['an alignment across two files', [[0, 2, 2 * 2999]], 2, 0],
    ['one behind the last file', [[0, 1, 2 * 5000]], 1, 0],
    ['one that ends behind the last file', [[0, 2, 2 * 4999]], 2, 0],
    ['one before the first file', [[0, 1, 1]], 1, 0],
    ['one of no bytes', [[0, 0, 0]], 0, 5],
    ['more bytes than there are', [[0, 6, 0]], 6, 0],
    [
      'more bytes, together',
      [
        [2, 2, 0],
        [1, 1, 0],
      ],
      3,
      3,
    ],
    ['fewer literals', [[0, 3, 0]], 3, 1],
    ['more literals', [[0, 3, 0]], 3, 3],
    ['fewer differences', [[0, 3, 0]], 2, 2],
    ['more differences', [[0, 3, 0]], 4, 2],
  ])('refuses %s', (_, numbers, differences, literals) => {
    const size = Math.max(5, 0);
    expect(codeOf(() => decoded(payloadOf(numbers, differences, literals), size))).toBe('MALFORMED');
  });

  it.each(HUGE)('refuses %s in the place of any number of the list', (huge) => {
    for (const place of [0, 1, 2]) {
      const numbers = [1, 2, 4].map((value, index) => (index === place ? huge : value)) as [number, number, number];
      expect(codeOf(() => decoded(payloadOf([numbers], 2, 3), 5))).toBe('MALFORMED');
      expect(codeOf(() => decoded(payloadOf([[1, 2, 4], numbers], 2, 3), 5))).toBe('MALFORMED');
    }
  });

  it.each(HUGE)('refuses %s as any length', (huge) => {
    const spelled = leb128(huge);
    const outcome = (...parts: readonly Uint8Array[]) => codeOf(() => decoded(new Uint8Array(Buffer.concat(parts)), 5));
    const refused = huge < 2n ** 53n ? 'LIMIT' : 'MALFORMED';
    expect(outcome(Uint8Array.of(0), spelled)).toBe(refused);
    expect(outcome(Uint8Array.of(0, 1), spelled)).toBe(refused);
    expect(outcome(Uint8Array.of(0, 1, 3), spelled)).toBe('MALFORMED');
    expect(outcome(Uint8Array.of(0, 1, 3, 4, 0, 1, 2, 4), spelled)).toBe('MALFORMED');
  });

  it('refuses forms and counts that nobody writes', () => {
    expect(codeOf(() => decoded(payloadOf([[1, 2, 4]], 2, 3), 5))).toBe('OK');
    expect(codeOf(() => decoded(payloadOf([[1, 2, 4]], 2, 3, { form: 9 }), 5))).toBe('MALFORMED');
    expect(codeOf(() => decoded(payloadOf([[1, 2, 4]], 2, 3, { count: 2 }), 5))).toBe('MALFORMED');
    expect(
      codeOf(() =>
        decoded(
          payloadOf(
            [
              [1, 1, 4],
              [0, 1, 0],
            ],
            2,
            3,
            { count: 1 },
          ),
          5,
        ),
      ),
    ).toBe('MALFORMED');
    expect(codeOf(() => decoded(new Uint8Array(0), 5))).toBe('MALFORMED');
  });

  it('unpacks no further than the list of so many alignments can be long', () => {
    const bomb = compress(new Uint8Array(1_000_000));
    const writer = new ByteWriter().u8(0).varint(1).varint(1_000_000).varint(bomb.length).bytes(bomb);
    expect(codeOf(() => decoded(writer.finish(), 5))).toBe('LIMIT');
  });

  describe('of a real payload', () => {
    const target = Uint8Array.from(goldenBytes(4000).subarray(50), (byte, at) => (at % 90 < 4 ? byte + 1 : byte));
    const { payload } = encodeBytes(target, runToEnd(BytesIndex.build(BASE)));

    it('refuses every cut, and every byte more', () => {
      for (let length = 0; length < payload.length; length += 1) {
        expect(codeOf(() => decoded(payload.subarray(0, length), target.length))).not.toBe('OK');
      }
      expect(codeOf(() => decoded(new Uint8Array([...payload, 0]), target.length))).toBe('MALFORMED');
    });

    it('refuses another size of the output', () => {
      for (const size of [0, 1, target.length - 1, target.length + 1]) {
        expect(codeOf(() => decoded(payload, size))).toBe('MALFORMED');
      }
    });

    it('reads nothing outside and fails in no other way, whatever byte is another', () => {
      for (let at = 0; at < payload.length; at += 1) {
        for (const mask of [1, 0x80, 0xff]) {
          const other = Uint8Array.from(payload);
          other[at]! ^= mask;
          expect(['OK', 'MALFORMED', 'LIMIT']).toContain(codeOf(() => decoded(other, target.length)));
        }
      }
    });
  });
});
