import { decodeRlp as ethersDecode, encodeRlp as ethersEncode, hexlify, type RlpStructuredData } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRlp, encodeRlp, type RlpItem, rlpInteger } from './rlp.js';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const structured = (item: RlpItem): RlpStructuredData =>
  item instanceof Uint8Array ? hexlify(item) : item.map(structured);

const { item: anyItem } = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { depthSize: 'small' },
    fc.uint8Array({ maxLength: 70 }),
    fc.array(tie('item'), { maxLength: 5, depthIdentifier: 'rlp' }).filter((list) => depth(list) <= 7),
  ),
}));
const depth = (item: RlpItem): number => (item instanceof Uint8Array ? 0 : 1 + Math.max(0, ...item.map(depth)));

describe('encodeRlp', () => {
  it('agrees with ethers', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expect(hexlify(encodeRlp(item))).toBe(ethersEncode(structured(item)));
      }),
    );
  });

  it.each([0, 1, 55, 56, 255, 256, 65_535, 65_536])('agrees with ethers on a string of %i bytes', (length) => {
    const item = new Uint8Array(length).fill(0xab);
    expect(hexlify(encodeRlp(item))).toBe(ethersEncode(hexlify(item)));
    expect(decodeRlp(encodeRlp(item))).toEqual(item);
  });
});

describe('encodeRlp of one byte', () => {
  it.each([
    [0x00, '00'],
    [0x7f, '7f'],
    [0x80, '8180'],
    [0xff, '81ff'],
  ])('%i', (byte, hex) => {
    expect(Buffer.from(encodeRlp(Uint8Array.of(byte))).toString('hex')).toBe(hex);
    expect(decodeRlp(bytes(hex))).toEqual(Uint8Array.of(byte));
  });
});

describe('rlpInteger', () => {
  it.each([
    [0, ''],
    [1, '01'],
    [255, 'ff'],
    [256, '0100'],
    [2n ** 64n, '010000000000000000'],
  ])('spells %s without leading zeros', (value, hex) =>
    expect(Buffer.from(rlpInteger(value)).toString('hex')).toBe(hex),
  );
});

describe('decodeRlp', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const encoded = encodeRlp(item);
        expect(structured(decodeRlp(encoded))).toEqual(structured(item));
        expect(ethersDecode(hexlify(encoded))).toEqual(structured(item));
      }),
    );
  });

  it('accepts one spelling alone: whatever it accepts encodes to the same bytes', () => {
    let accepted = 0;
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc.tuple(anyItem, fc.nat(), fc.nat(255)).map(([item, at, byte]) => changed(encodeRlp(item), at, byte)),
    );
    fc.assert(
      fc.property(noise, (input) => {
        const item = tryDecode(input);
        if (item === undefined) return;
        accepted += 1;
        expect(hexlify(encodeRlp(item))).toBe(hexlify(input));
      }),
      { numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('takes lists eight deep', () => expect(decodeRlp(bytes('c7c6c5c4c3c2c1c0'))).toHaveLength(1));

  it.each([
    ['nothing', ''],
    ['trailing bytes', '8000'],
    ['a small byte with a length', '817f'],
    ['a short string in the long spelling', `b837${'00'.repeat(55)}`],
    ['a length with a leading zero', `b90038${'00'.repeat(56)}`],
    ['a cut string', '83ffff'],
    ['a cut long string', `b838${'00'.repeat(55)}`],
    ['a cut length', 'b9'],
    ['a short list in the long spelling', `f837${'00'.repeat(55)}`],
    ['a cut list', 'c2'],
    ['a list whose item reaches beyond it', 'c183ffffff'],
    ['a list that ends within an item', 'c282ff'],
    ['a length of four bytes', `bb01000000${'00'.repeat(40)}`],
    ['a length of eight bytes', `bfffffffffffffffff${'00'.repeat(40)}`],
    ['lists nine deep', 'c8c7c6c5c4c3c2c1c0'],
  ])('refuses %s', (_, hex) => expect(() => decodeRlp(bytes(hex))).toThrow(RangeError));
});

function changed(source: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = Uint8Array.from(source);
  copy[at % copy.length] = byte;
  return copy;
}

function tryDecode(input: Uint8Array): RlpItem | undefined {
  try {
    return decodeRlp(input);
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError);
    return undefined;
  }
}
