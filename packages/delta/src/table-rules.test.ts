import type { RelativePath } from '@weighbridge/core/brands';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import { describe, expect, it } from 'vitest';
import { codecOf, operationOf } from './operations.js';
import type { BaseFile, PackageTable, Piece, Resource, TargetFile } from './package-table.js';
import { parseTable } from './parse-table.js';
import { codeOf } from './testing/code-of.js';
import { joinFields, tableFields, withField } from './testing/package-fields.js';
import { samplePackage } from './testing/sample-package.js';
import { leb128, zigzagged } from './testing/spellings.js';

const MIB = 1_048_576;
const { table: TABLE, body: BODY } = samplePackage(
  [
    { path: 'a.bin', bytes: new Uint8Array(300).fill(1) },
    { path: 'b.bin', bytes: new Uint8Array(500).fill(2) },
  ],
  [
    { path: 'a.bin', bytes: new Uint8Array(100).fill(1), pieces: [{ length: 100, source: { file: 0, offset: 20 } }] },
    { path: 'deep/c.bin', bytes: new Uint8Array(MIB + 50).fill(3) },
    { path: 'empty', bytes: new Uint8Array(0) },
    {
      path: 'z',
      bytes: new Uint8Array(60).fill(2),
      pieces: [
        { length: 30, source: { file: 1, offset: 0 } },
        { length: 20 },
        { length: 10, source: { file: 1, offset: 490 } },
      ],
    },
  ],
);
const FIELDS = tableFields(TABLE);
/** Pieces by number: 0 COPY of a.bin; 1 RAW; 2 COPY, 3 RAW, 4 COPY of z. */
const EDGES = [2n ** 31n, 2n ** 32n, 2n ** 53n - 1n];

const parse = (bytes: Uint8Array, bodyBytes = BODY.length) => parseTable(bytes, bodyBytes, 'a package');
const codeOfTable = (table: PackageTable, bodyBytes = BODY.length) =>
  codeOf(() => parse(joinFields(tableFields(table)), bodyBytes));
const broken = (name: string, bytes: Uint8Array | ((bytes: Uint8Array) => Uint8Array), bodyBytes = BODY.length) =>
  codeOf(() =>
    parse(joinFields(withField(FIELDS, name, typeof bytes === 'function' ? bytes : () => bytes)), bodyBytes),
  );

/** The table with other files, pinned again, so that nothing but their own fault remains. */
function withBase(change: (files: readonly BaseFile[]) => readonly BaseFile[]): PackageTable {
  const baseFiles = change(TABLE.baseFiles);
  return { ...TABLE, baseFiles, base: { kind: 'content', contentDigest: contentDigest(baseFiles) } };
}

function withTarget(change: (files: readonly TargetFile[]) => readonly TargetFile[]): PackageTable {
  const targetFiles = change(TABLE.targetFiles);
  return { ...TABLE, targetFiles, target: { kind: 'content', contentDigest: contentDigest(targetFiles) } };
}

const renamed = (index: number, path: string) => (files: readonly TargetFile[]) =>
  files.map((file, at) => (at === index ? { ...file, path: path as RelativePath } : file));

const takesResource = (id: number) =>
  operationOf(id) !== undefined && id !== 0 && id !== 2 && codecOf(id).readModel !== undefined;

it('the table that is broken here is good, and every field of it counts', () => {
  expect(parse(joinFields(FIELDS))).toEqual(TABLE);
  for (const { name, bytes } of FIELDS)
    if (bytes.length > 0) expect(broken(name, new Uint8Array(0)), name).not.toBe('OK');
});

describe('§3 kinds', () => {
  it.each(['base.kind', 'target.kind'])('%s', (name) => {
    for (const kind of [0, 1, 3, 4, 255])
      expect(broken(name, Uint8Array.of(kind)), `${kind}`).toMatch(/MALFORMED|LIMIT/);
  });

  it('a release without a bundle, a bundle without a release', () => {
    const releaseDigest = TABLE.target.contentDigest;
    const release = { ...TABLE.target, kind: 'release', releaseDigest } as const;
    expect(codeOfTable({ ...TABLE, target: release })).toBe('MALFORMED');
    expect(codeOfTable({ ...TABLE, bundle: Uint8Array.of(1) })).toBe('MALFORMED');
    expect(codeOfTable({ ...TABLE, target: release, bundle: Uint8Array.of(1) })).toBe('OK');
  });

  it('base files of no base, no base files of a base, no target files', () => {
    expect(codeOfTable({ ...TABLE, base: undefined })).toBe('MALFORMED');
    expect(codeOfTable(withBase(() => []))).toBe('MALFORMED');
    expect(
      codeOfTable(
        withTarget(() => []),
        0,
      ),
    ).toBe('MALFORMED');
  });
});

describe('§3.1 paths', () => {
  it.each([
    '',
    '/a',
    'b/../c',
    '../a',
    './a',
    'a//b',
    'a/',
    'a\\b',
    'a:b',
    'a\x01',
    'a\n',
    'a\u202e',
    'a.',
    'a ',
    '.git/config',
    '.weighbridge/manifest.json',
    '.Weighbridge/x',
    'e\u0301',
    'x'.repeat(256),
    `${'a/'.repeat(2047)}bcd`,
  ])('%j on either side', (path) => {
    expect(codeOfTable(emptyFiles('a', 'a'), 0)).toBe('OK');
    expect(codeOfTable(emptyFiles(path, 'a'), 0)).toMatch(/^(MALFORMED|LIMIT)$/);
    expect(codeOfTable(emptyFiles('a', path), 0)).toMatch(/^(MALFORMED|LIMIT)$/);
  });

  /** An empty file on each side. */
  function emptyFiles(base: string, target: string): PackageTable {
    const bytes = new Uint8Array(0);
    return samplePackage([{ path: base, bytes }], [{ path: target, bytes }]).table;
  }

  it('bytes that are no UTF-8, or too many', () => {
    expect(broken('baseFiles.0.path', Uint8Array.of(0x61, 0xff, 0x62, 0x69, 0x6e))).toBe('MALFORMED');
    expect(broken('baseFiles.0.path', Uint8Array.of(0xed, 0xa0, 0x80, 0x69, 0x6e))).toBe('MALFORMED');
    expect(broken('baseFiles.0.path.length', leb128(4097n))).toBe('LIMIT');
    expect(broken('baseFiles.0.path.length', leb128(4096n))).toMatch(/MALFORMED/);
  });

  it('files out of order, or twice', () => {
    expect(codeOfTable(withBase((files) => [...files].reverse()))).toBe('MALFORMED');
    expect(codeOfTable(withBase((files) => [files[0]!, files[0]!, files[1]!]))).toBe('MALFORMED');
    expect(codeOfTable(withTarget(renamed(1, 'Z')))).toBe('MALFORMED');
    expect(codeOfTable(withTarget(renamed(2, 'zz')))).toBe('MALFORMED');
    // By UTF-8 bytes, U+FF5E comes before U+10000; by UTF-16 units after.
    const spelled = (last: string) => withTarget((files) => renamed(3, last)(renamed(2, '\u{10000}')(files)));
    expect(codeOfTable(spelled('\uff5e'))).toBe('MALFORMED');
  });

  it('twins', () => {
    expect(codeOfTable(withTarget((files) => renamed(0, 'DEEP/c.bin')(files)))).toBe('MALFORMED');
    expect(codeOfTable(withTarget(renamed(2, 'deep/c.bin/d')))).toBe('MALFORMED');
    expect(codeOfTable(withBase((files) => [{ ...files[1]!, path: 'B.BIN' as RelativePath }, ...files]))).toBe(
      'MALFORMED',
    );
  });
});

describe('§3.2 pinned digests', () => {
  const flipped = (bytes: Uint8Array) => Uint8Array.of(bytes[0]! ^ 1, ...bytes.subarray(1));

  it.each([
    'base.content',
    'target.content',
    'baseFiles.0.tree',
    'baseFiles.1.tree',
    'targetFiles.1.leaves',
    'targetFiles.3.leaves',
  ])('%s with one bit flipped', (name) => {
    expect(broken(name, flipped)).toBe('MALFORMED');
  });

  it.each(['baseFiles.0.size', 'targetFiles.3.size'])('%s one more', (name) => {
    expect(broken(name, (bytes) => Uint8Array.of(bytes[0]! + 1, ...bytes.subarray(1)))).toBe('MALFORMED');
  });
});

describe('§3.4 the sums', () => {
  it('one byte more or less behind the table', () => {
    expect(codeOfTable(TABLE, BODY.length - 1)).toBe('MALFORMED');
    expect(codeOfTable(TABLE, BODY.length + 1)).toBe('MALFORMED');
    expect(codeOfTable(TABLE, 0)).toBe('MALFORMED');
  });

  it('a payload that is said to be longer or shorter', () => {
    expect(broken('payloads.3.0.length', leb128(22n))).toBe('MALFORMED');
    expect(broken('payloads.3.0.length', leb128(20n))).toBe('MALFORMED');
  });
});

describe('§3.5 limits', () => {
  it.each([
    ['baseFiles.count', 100_000n],
    ['targetFiles.count', 100_000n],
    ['resources.count', 100_000n],
    ['pieces.count', 1_000_000n],
    ['payloads.3.0.length', 2_097_152n],
    ['labels.length', 16_777_216n],
  ])('%s', (name, most) => {
    expect(broken(name, leb128(most))).toBe('MALFORMED');
    for (const value of [most + 1n, ...EDGES]) expect(broken(name, leb128(value)), `${value}`).toBe('LIMIT');
  });

  it('a resource of more than 64 MiB', () => {
    const takes = [...Array(256).keys()].find(takesResource);
    if (takes === undefined) return;
    const resource = (length: number): Resource => ({ operation: takes, length, digest32: new Uint8Array(32) });
    expect(codeOfTable({ ...TABLE, resources: [resource(67_108_864)] }, BODY.length + 67_108_864)).toBe('OK');
    expect(codeOfTable({ ...TABLE, resources: [resource(67_108_865)] }, BODY.length + 67_108_865)).toBe('LIMIT');
  });
});

describe('numbers that no table of ours has', () => {
  const numbers = FIELDS.filter(({ name }) => /(?:\.length|\.count|\.size|\.file|\.offset|\.resource)$/.test(name));

  it.each(numbers.map(({ name }) => name))('%s', (name) => {
    for (const value of [...EDGES, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 70n])
      expect(broken(name, leb128(value)), `${value}`).toMatch(/^(MALFORMED|LIMIT)$/);
    for (const value of EDGES) expect(broken(name, zigzagged(-value)), `-${value}`).toMatch(/^(MALFORMED|LIMIT)$/);
    expect(broken(name, (bytes) => Uint8Array.of(...bytes.slice(0, -1), bytes.at(-1)! | 0x80, 0))).toBe('MALFORMED');
  });
});

describe('§4 pieces', () => {
  it.each([
    ['one byte short of its file', 'pieces.1.length', leb128(BigInt(MIB + 49))],
    ['one byte over it', 'pieces.1.length', leb128(BigInt(MIB + 51))],
    ['no byte', 'pieces.3.length', leb128(0n)],
    ['too long for what is left', 'pieces.4.length', leb128(11n)],
    ['a gap at the end', 'pieces.4.length', leb128(9n)],
    ['one piece less than files need', 'pieces.count', leb128(4n)],
    ['one piece more', 'pieces.count', leb128(6n)],
    ['no piece', 'pieces.count', leb128(0n)],
    ['an unknown operation', 'pieces.1.operation', Uint8Array.of(200)],
    ['a base file that is not there', 'pieces.0.file', leb128(2n)],
    ['a source that begins before its file', 'pieces.0.offset', zigzagged(-1n)],
    ['a source that ends beyond it', 'pieces.0.offset', zigzagged(201n)],
    ['a source that is continued beyond it', 'pieces.4.offset', zigzagged(461n)],
    ['a resource that is not there', 'pieces.1.resource', leb128(1n)],
  ])('%s', (_, name, bytes) => {
    expect(broken(name, bytes)).toBe('MALFORMED');
  });

  it('reach both ends of a base file', () => {
    expect(broken('pieces.0.offset', zigzagged(0n))).toBe('OK');
    expect(broken('pieces.0.offset', zigzagged(200n))).toBe('OK');
    expect(broken('pieces.4.offset', zigzagged(460n))).toBe('OK');
  });

  it('a source of a full package', () => {
    const bare = { ...TABLE, base: undefined, baseFiles: [] };
    expect(codeOfTable(bare)).toBe('MALFORMED');
  });

  it('resources of operations that take none, or that nobody knows', () => {
    for (const operation of [0, 1, 99, 255]) {
      const resource = { operation, length: 0, digest32: new Uint8Array(32) };
      expect(codeOfTable({ ...TABLE, resources: [resource] }), `${operation}`).toBe('MALFORMED');
    }
  });
});

describe('§4.3 and §4.4, of every operation that there is', () => {
  const operations = [...Array(256).keys()].flatMap((id) => operationOf(id) ?? []);
  const resources = operations
    .filter(({ id }) => takesResource(id))
    .map(({ id }): Resource => ({ operation: id, length: 0, digest32: new Uint8Array(32) }));
  const indexOf = (id: number) => resources.findIndex(({ operation }) => operation === id);

  /** A target of one file of 24 bytes that two pieces write. */
  function twoPieces(first: Partial<Piece>, second: Partial<Piece>): PackageTable {
    const file = { ...TABLE.targetFiles[3]!, size: 24 };
    const piece = (start: number, given: Partial<Piece>): Piece => {
      const shape = operationOf(given.operation!)!;
      const source = shape.source === 'aligned' ? { file: 0, offset: start } : undefined;
      return { start, length: 12, resource: -1, source, operation: 1, ...given };
    };
    const pieces = [piece(0, first), piece(first.length ?? 12, { length: 24 - (first.length ?? 12), ...second })];
    const one = samplePackage(undefined, [{ path: 'z', bytes: new Uint8Array(24) }]).table.targetFiles[0]!;
    const payloads = { lengths: Uint32Array.of(0), digests: new Uint8Array(32) };
    const targetFiles = [{ ...file, ...one, pieces, payloads }];
    return { ...TABLE, resources, targetFiles, target: { kind: 'content', contentDigest: contentDigest(targetFiles) } };
  }

  it.each(operations.map((operation) => [operation.name, operation] as const))('%s', (_, operation) => {
    const { id, width, positional } = operation;
    const own = { operation: id, resource: positional ? indexOf(id) : -1 };
    expect(codeOfTable(twoPieces(own, { operation: 1 }), 0)).toBe('OK');
    if (width > 1) expect(codeOfTable(twoPieces({ ...own, length: 13 }, { operation: 1 }), 0)).toBe('MALFORMED');
    if (positional) {
      expect(codeOfTable(twoPieces({ operation: id }, { operation: 1 }), 0)).toBe('MALFORMED');
      expect(codeOfTable(twoPieces(own, own), 0)).toBe('MALFORMED');
    } else if (indexOf(id) >= 0) {
      const shared = { operation: id, resource: indexOf(id) };
      expect(codeOfTable(twoPieces(shared, shared), 0)).toBe('OK');
    }
    const foreign = resources.findIndex((resource) => resource.operation !== id);
    if (foreign >= 0 && id !== 0)
      expect(codeOfTable(twoPieces({ ...own, resource: foreign }, { operation: 1 }), 0)).toBe('MALFORMED');
  });
});
