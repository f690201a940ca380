import type { Digest, RelativePath } from '@weighbridge/core/brands';
import { sha3 } from '@weighbridge/core/sha3';
import { chunkCount, treeRoot } from '@weighbridge/core/tree';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecOf, operationOf } from './operations.js';
import type { PackageTable, Piece, Pinned, Resource, TargetFile } from './package-table.js';
import { parseTable } from './parse-table.js';
import { codeOf } from './testing/code-of.js';
import { joinFields, tableFields } from './testing/package-fields.js';
import { writeTable } from './write-table.js';

const MIB = 1_048_576;
/** Those of delta-v1 §6 that this version has. */
const KNOWN = Array.from({ length: 256 }, (_, id) => id).filter((id) => operationOf(id) !== undefined);
const WITH_RESOURCE = KNOWN.filter((id) => id !== 0 && id !== 2 && codecOf(id).readModel !== undefined);

describe('a table', () => {
  it('comes back as it was written, and has one spelling', () => {
    fc.assert(
      fc.property(tables(), (table) => {
        const bytes = writeTable(table);
        expect(Buffer.from(bytes).equals(joinFields(tableFields(table)))).toBe(true);
        expect(parseTable(bytes, bodyBytes(table), 'a package')).toEqual(table);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused when it is cut anywhere, or longer', () => {
    fc.assert(
      fc.property(tables(), fc.nat(), (table, at) => {
        const bytes = writeTable(table);
        expect(codeOf(() => parse(table, bytes.subarray(0, at % bytes.length)))).toMatch(/^(MALFORMED|LIMIT)$/);
        expect(codeOf(() => parse(table, Uint8Array.of(...bytes, 0)))).toBe('MALFORMED');
      }),
      { numRuns: 60 },
    );
  });

  it('is refused, or says something else, when a bit is flipped; nothing else is thrown', () => {
    fc.assert(
      fc.property(tables(), fc.nat(), fc.nat(7), (table, at, bit) => {
        const bytes = writeTable(table);
        bytes[at % bytes.length]! ^= 1 << bit;
        const code = codeOf(() => parse(table, bytes));
        expect(code).toMatch(/^(OK|MALFORMED|LIMIT)$/);
        if (code === 'OK') expect(Buffer.from(writeTable(parse(table, bytes))).equals(bytes)).toBe(true);
      }),
      { numRuns: 250 },
    );
  });

  it('knows codecs for all operations but its own two', () => {
    for (const id of KNOWN) if (id !== 0 && id !== 2) expect(codecOf(id).id).toBe(id);
    expect(() => codecOf(0)).toThrow(RangeError);
    expect(() => codecOf(255)).toThrow(RangeError);
  });
});

function parse(table: PackageTable, bytes: Uint8Array): PackageTable {
  return parseTable(bytes, bodyBytes(table), 'a package');
}

function bodyBytes({ resources, targetFiles }: PackageTable): number {
  const payloads = targetFiles.flatMap(({ payloads: { lengths } }) => [...lengths]);
  return [...resources.map(({ length }) => length), ...payloads].reduce((sum, length) => sum + length, 0);
}

const digests = fc.nat().map((value) => sha3(Buffer.from(String(value))));
const hexDigests = digests.map((bytes) => Buffer.from(bytes).toString('hex') as Digest);

/** Whole tables that keep every rule, without bytes that would give them sense. */
function tables(): fc.Arbitrary<PackageTable> {
  const names = fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 5 });
  return fc
    .record({
      isFull: fc.boolean(),
      isRelease: fc.boolean(),
      releaseDigest: hexDigests,
      baseNames: names.map((list) => list.sort()),
      targetNames: names.filter(({ length }) => length > 0).map((list) => list.sort()),
      sizes: fc.array(fc.constantFrom(0, 1, 2, 4, 6, 60, 1000, MIB, MIB + 4, 3 * MIB - 8, 2 ** 31, 2 ** 40), {
        minLength: 10,
        maxLength: 10,
      }),
      choices: fc.infiniteStream(fc.nat()),
      labels: fc.uint8Array({ maxLength: 20 }),
    })
    .map((given) => tableOf(given));
}

interface Given {
  readonly isFull: boolean;
  readonly isRelease: boolean;
  readonly releaseDigest: Digest;
  readonly baseNames: readonly string[];
  readonly targetNames: readonly string[];
  readonly sizes: readonly number[];
  readonly choices: Iterator<number>;
  readonly labels: Uint8Array;
}

function tableOf({ isFull, isRelease, releaseDigest, baseNames, targetNames, sizes, choices, labels }: Given) {
  const next = (below: number): number => choices.next().value % below;
  const someDigest = () => sha3(Buffer.from(String(next(1000))));
  const baseFiles = (isFull ? [] : baseNames).map((name, index) => ({
    path: `base/${name}` as RelativePath,
    size: sizes[index]!,
    tree: Buffer.from(someDigest()).toString('hex') as Digest,
  }));
  const resources: Resource[] = [];
  const targetFiles = targetNames.map((name, index): TargetFile => {
    const size = sizes[5 + index]! % (3 * MIB);
    const leaves = new Uint8Array(Buffer.concat(Array.from({ length: chunkCount(size) }, someDigest)));
    const pieces: Piece[] = [];
    for (let start = 0; start < size; ) {
      const piece = somePiece(start, size, { baseFiles, resources }, next);
      pieces.push(piece);
      start += piece.length;
    }
    const lengths = Uint32Array.from({ length: chunkCount(size) }, () => next(3) * 1000);
    const payloadDigests = new Uint8Array(lengths.length * 32);
    for (const [leaf, length] of lengths.entries())
      if (length > 0) payloadDigests.set(someDigest().subarray(0, 32), leaf * 32);
    const payloads = { lengths, digests: payloadDigests };
    return { path: name as RelativePath, size, leaves, tree: treeRoot(size, leaves), pieces, payloads };
  });
  const pinned = (files: Parameters<typeof contentDigest>[0], release: boolean): Pinned =>
    release
      ? { kind: 'release', contentDigest: contentDigest(files), releaseDigest }
      : { kind: 'content', contentDigest: contentDigest(files) };
  const table: PackageTable = {
    base: baseFiles.length === 0 ? undefined : pinned(baseFiles, next(2) === 0),
    target: pinned(targetFiles, isRelease),
    bundle: isRelease ? Uint8Array.of(1, 2, 3) : new Uint8Array(0),
    baseFiles,
    targetFiles,
    resources,
    labels,
  };
  return table;
}

function somePiece(
  start: number,
  size: number,
  { baseFiles, resources }: { baseFiles: readonly { readonly size: number }[]; resources: Resource[] },
  next: (below: number) => number,
): Piece {
  const plain = { operation: 1, start, length: size - start, source: undefined, resource: -1 };
  const operation = operationOf(KNOWN[next(KNOWN.length)]!)!;
  const room = size - start;
  const elements = Math.floor(room / operation.width);
  if (elements === 0) return plain;
  const length = operation.width * (1 + next(Math.min(elements, next(4) === 0 ? elements : 100_000)));
  let source: Piece['source'];
  if (operation.source === 'aligned') {
    const file = baseFiles.findIndex((base) => base.size >= length);
    if (file < 0) return plain;
    source = { file, offset: next(baseFiles[file]!.size - length + 1) };
  }
  const wantsResource = operation.positional || (WITH_RESOURCE.includes(operation.id) && next(2) === 0);
  if (wantsResource)
    resources.push({ operation: operation.id, length: next(9), digest32: new Uint8Array(32).fill(next(9)) });
  return { operation: operation.id, start, length, source, resource: wantsResource ? resources.length - 1 : -1 };
}
