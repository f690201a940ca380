import { sha3Digest } from '@weighbridge/core/sha3';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, parseHeader, TABLE_MAX_BYTES, writeHeader } from './package-header.js';
import { codeOf } from './testing/code-of.js';
import { type HeaderChanges, headerBytes } from './testing/sample-package.js';

const TABLE = new Uint8Array(1000).fill(7);
const BODY_BYTES = 50;
const FILE_BYTES = HEADER_BYTES + TABLE.length + BODY_BYTES;

const parse = (bytes: Uint8Array, fileBytes = FILE_BYTES) => parseHeader(bytes, fileBytes, 'a package');
const changed = (changes: HeaderChanges) => headerBytes(TABLE, BODY_BYTES, changes);

describe('a header', () => {
  it('is written as delta-v1 §2 says', () => {
    expect(writeHeader(TABLE, FILE_BYTES)).toEqual(changed({}));
    expect(changed({})).toHaveLength(161);
  });

  it('says where the table ends, and digests what it binds', () => {
    const bytes = changed({});
    expect(parse(bytes)).toEqual({
      packageDigest: sha3Digest(bytes.subarray(0, 96)),
      tableBytes: 1000,
      packageBytes: FILE_BYTES,
      tableDigest: sha3Digest(TABLE),
    });
  });

  it('may be all of the file but one byte of a table', () => {
    const table = Uint8Array.of(1);
    expect(parse(headerBytes(table, 0), HEADER_BYTES + 1).tableBytes).toBe(1);
  });
});

describe('§2.2 refuses', () => {
  const cases: readonly (readonly [string, string, HeaderChanges])[] = [
    ['another magic', 'MALFORMED', { magic: Buffer.from('WBDELTB\0') }],
    ['a magic without its zero byte', 'MALFORMED', { magic: Buffer.from('WBDELTA1') }],
    ['format version 0', 'MALFORMED', { version: 0 }],
    ['format version 2', 'MALFORMED', { version: 2 }],
    ['format version 257', 'MALFORMED', { version: 257 }],
    ['operation set 0', 'MALFORMED', { operationSet: 0 }],
    ['operation set 2', 'LIMIT', { operationSet: 2 }],
    ['operation set 65535', 'LIMIT', { operationSet: 65535 }],
    ['a nonzero field', 'MALFORMED', { zero: 1 }],
    ['the highest bit of it', 'MALFORMED', { zero: 2 ** 31 }],
    ['a table of no bytes', 'MALFORMED', { tableBytes: 0n }],
    ['a table that ends beyond the file', 'MALFORMED', { tableBytes: 1051n }],
    ['a table of 2^31 bytes', 'LIMIT', { tableBytes: 2n ** 31n }],
    ['a table of 2^32 bytes', 'LIMIT', { tableBytes: 2n ** 32n }],
    ['a table of 2^53 bytes', 'MALFORMED', { tableBytes: 2n ** 53n }],
    ['a table of 2^63 bytes', 'MALFORMED', { tableBytes: 2n ** 63n }],
    ['a table of 2^64 − 1 bytes', 'MALFORMED', { tableBytes: 2n ** 64n - 1n }],
    ['a table one byte over the limit', 'LIMIT', { tableBytes: BigInt(TABLE_MAX_BYTES) + 1n }],
    ['a file that is longer than it says', 'MALFORMED', { packageBytes: BigInt(FILE_BYTES) - 1n }],
    ['a file that is shorter than it says', 'MALFORMED', { packageBytes: BigInt(FILE_BYTES) + 1n }],
    ['a file of 2^53 bytes', 'MALFORMED', { packageBytes: 2n ** 53n }],
    ['a file of as many bytes, modulo 2^32', 'MALFORMED', { packageBytes: BigInt(FILE_BYTES) + 2n ** 32n }],
    ['a signature', 'MALFORMED', { reserved: new Uint8Array(65).fill(1, 64) }],
    ['the first byte of one', 'MALFORMED', { reserved: new Uint8Array(65).fill(1, 0, 1) }],
  ];
  it.each(cases)('%s: %s', (_, code, changes) => {
    expect(codeOf(() => parse(changed(changes)))).toBe(code);
  });

  it('a header cut at any byte', () => {
    const bytes = changed({});
    for (let length = 0; length < HEADER_BYTES; length += 1)
      expect(
        codeOf(() => parse(bytes.subarray(0, length), length)),
        `${length}`,
      ).toBe('MALFORMED');
  });

  it('any bit that is flipped before the digest, but one that makes the table shorter', () => {
    const bytes = changed({});
    for (let bit = 0; bit < 32 * 8; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      // Its digest finds that out.
      const isShorter = bit >= 16 * 8 && bit < 18 * 8 && flipped[16]! + flipped[17]! * 256 < 1050;
      expect(
        codeOf(() => parse(flipped)),
        `bit ${bit}`,
      ).toMatch(isShorter ? /^OK$/ : /^(MALFORMED|LIMIT)$/);
    }
  });
});
