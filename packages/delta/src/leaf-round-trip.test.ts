import type { RelativePath } from '@weighbridge/core/brands';
import { CHUNK_BYTES, chunkCount, chunkLength, treeRoot } from '@weighbridge/core/tree';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { noise } from '../../../test/support/models.js';
import { LeafDecoder } from './leaf-decoder.js';
import { LeafEncoder } from './leaf-encoder.js';
import { leafParts, piecesOfLeaf } from './leaf-parts.js';
import type { BaseBytes } from './operation.js';
import type { PackageTable, Piece, Resource } from './package-table.js';
import { parseTable } from './parse-table.js';
import { PieceList } from './piece-list.js';
import { codeOf } from './testing/code-of.js';
import { leavesOf } from './testing/sample-package.js';
import { TEST_OPERATIONS } from './testing/test-operations.js';
import { writeTable } from './write-table.js';

vi.mock('./operations.js', async (original) => {
  const own = await original<typeof import('./operations.js')>();
  const { TEST_OPERATIONS: all } = await import('./testing/test-operations.js');
  const known = new Map(all.map((operation) => [operation.id, operation]));
  return {
    ...own,
    operationOf: (id: number) => known.get(id) ?? own.operationOf(id),
    codecOf: (id: number) => known.get(id) ?? own.codecOf(id),
  };
});

const [COPY, RAW] = [0, 1];
const RAW_SHAPE = { id: RAW, width: 1, source: 'none', positional: false, readModel: undefined } as const;
const SIZES = [1, 2, 3, 999, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, CHUNK_BYTES + 3, 2 * CHUNK_BYTES + 7777];

interface Planned {
  readonly target: Uint8Array;
  readonly base: readonly Uint8Array[];
  readonly pieces: readonly Piece[];
  /** One byte each. */
  readonly resources: readonly { readonly operation: number; readonly value: number }[];
}

describe('a file that is encoded leaf by leaf', () => {
  it('is decoded to what it was, from pieces that keep every rule of the table', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIZES), fc.nat(), fc.nat(40), fc.boolean(), (size, seed, cuts, isChanged) => {
        const planned = planOf(size, seed, cuts, isChanged);
        const { table, payloads } = encode(planned);
        const bodyBytes = [...planned.resources.map(() => 1), ...payloads.map(({ length }) => length)].reduce(
          (a, b) => a + b,
          0,
        );
        const parsed = parseTable(writeTable(table), bodyBytes, 'a package');
        expect(parsed).toEqual(table);
        requireDecoded(planned, parsed.targetFiles[0]!.pieces, payloads);
      }),
      { numRuns: 25 },
    );
  });

  it('costs nothing but pieces where the base has the same bytes', () => {
    const planned = planOf(2 * CHUNK_BYTES + 100, 7, 0, false);
    const pieces = [
      {
        ...planned.pieces[0]!,
        operation: 201,
        source: { file: 0, offset: 0 },
        start: 0,
        length: 2 * CHUNK_BYTES + 100,
      },
    ];
    const { table, payloads } = encode({ ...planned, base: [planned.target], pieces, resources: [] });
    expect(payloads.map(({ length }) => length)).toEqual([0, 0, 0]);
    expect(table.targetFiles[0]!.pieces).toEqual([
      { operation: COPY, start: 0, length: planned.target.length, source: { file: 0, offset: 0 }, resource: -1 },
    ]);
  });

  it('is RAW where the planned operation would cost more', () => {
    const planned = planOf(CHUNK_BYTES + 10, 8, 0, true);
    const pieces = [
      { operation: 206, start: 0, length: CHUNK_BYTES + 10, source: { file: 0, offset: 0 }, resource: -1 },
    ];
    const { table, payloads } = encode({
      ...planned,
      base: [planned.target.map((byte) => byte + 1)],
      pieces,
      resources: [],
    });
    expect(table.targetFiles[0]!.pieces.map(({ operation }) => operation)).toEqual([RAW]);
    requireDecoded({ ...planned, pieces, resources: [] }, table.targetFiles[0]!.pieces, payloads);
  });

  it('keeps a positional piece in one even where it could be copied', () => {
    const size = CHUNK_BYTES + 10;
    const planned = planOf(size, 9, 0, true);
    const pieces = [
      { operation: RAW, start: 0, length: 3, source: undefined, resource: -1 },
      { operation: 203, start: 3, length: size - 4, source: { file: 0, offset: 3 }, resource: 0 },
      { operation: RAW, start: size - 1, length: 1, source: undefined, resource: -1 },
    ];
    const base = [planned.target.slice()];
    base[0]![10]! ^= 1;
    const resources = [{ operation: 203, value: 5 }];
    const { table, payloads } = encode({ target: planned.target, base, pieces, resources });
    expect(table.targetFiles[0]!.pieces).toEqual(pieces);
    requireDecoded({ target: planned.target, base, pieces, resources }, pieces, payloads);
  });
});

describe('payloads', () => {
  const planned = planOf(CHUNK_BYTES + 500, 11, 12, true);
  const { table, payloads } = encode(planned);
  const { pieces } = table.targetFiles[0]!;

  it('are read whole and not beyond', () => {
    expect(payloads[0]!.length).toBeGreaterThan(0);
    for (const [leaf, payload] of payloads.entries()) {
      if (payload.length === 0) continue;
      const longer = new Uint8Array(Buffer.concat([payload, Buffer.of(0)]));
      for (const wrong of [longer, payload.slice(0, -1), new Uint8Array(0)])
        expect(codeOf(() => decode(planned, pieces, leaf, wrong))).toBe('MALFORMED');
    }
  });
});

function encode({ target, base, pieces, resources }: Planned): { table: PackageTable; payloads: Uint8Array[] } {
  const encoder = new LeafEncoder(bytesOf(base), (index) => resources[index]!.value, noBytes);
  const list = new PieceList();
  const payloads: Uint8Array[] = [];
  for (let leaf = 0; leaf < chunkCount(target.length); leaf += 1) {
    const bytes = leafOf(target, leaf);
    const { runs, payload, costs } = encoder.encode(
      piecesOfLeaf(pieces, target.length, leaf),
      target.length,
      leaf,
      bytes,
    );
    for (const run of runs) list.append(run);
    payloads.push(payload);
    expect(costs).toHaveLength(runs.length);
  }
  const file = { path: 'model.bin' as RelativePath, size: target.length, leaves: leavesOf(target) };
  const targetFiles = [
    {
      ...file,
      tree: treeRoot(file.size, file.leaves),
      pieces: list.finish(),
      payloads: {
        lengths: Uint32Array.from(payloads, ({ length }) => length),
        digests: new Uint8Array(payloads.length * 32),
      },
    },
  ];
  const baseFiles = base.map((bytes, index) => {
    const path = `base-${index}` as RelativePath;
    return { path, size: bytes.length, tree: treeRoot(bytes.length, leavesOf(bytes)) };
  });
  const table: PackageTable = {
    base: { kind: 'content', contentDigest: contentDigest(baseFiles) },
    target: { kind: 'content', contentDigest: contentDigest(targetFiles) },
    bundle: new Uint8Array(0),
    baseFiles,
    targetFiles,
    resources: resources.map(({ operation }): Resource => ({ operation, length: 1, digest32: new Uint8Array(32) })),
    labels: new Uint8Array(0),
  };
  return { table, payloads };
}

function requireDecoded(planned: Planned, pieces: readonly Piece[], payloads: readonly Uint8Array[]): void {
  for (const [leaf, payload] of payloads.entries()) {
    const found = decode(planned, pieces, leaf, payload);
    expect(Buffer.compare(found, leafOf(planned.target, leaf)), `leaf ${leaf}`).toBe(0);
  }
}

function decode({ target, base, resources }: Planned, pieces: readonly Piece[], leaf: number, payload: Uint8Array) {
  const decoder = new LeafDecoder(bytesOf(base), (index) => resources[index]!.value, 'a package');
  const out = new Uint8Array(chunkLength(target.length, leaf)).fill(0xee);
  decoder.decode(leafParts(pieces, target.length, leaf), payload, out);
  return out;
}

const noBytes = (): never => {
  throw new RangeError('no piece is BYTES');
};

function leafOf(target: Uint8Array, leaf: number): Uint8Array {
  return target.subarray(leaf * CHUNK_BYTES, leaf * CHUNK_BYTES + chunkLength(target.length, leaf));
}

function bytesOf(base: readonly Uint8Array[]): BaseBytes {
  return {
    sizes: base.map(({ length }) => length),
    read(file, offset, into) {
      const bytes = base[file]!.subarray(offset, offset + into.length);
      if (bytes.length !== into.length) throw new RangeError('beyond the base');
      into.set(bytes);
    },
  };
}

/**
 * Pieces of every operation with starts anywhere. The base holds the target twice, so that what is unchanged can be copied from
 * two places; what is changed lies in one leaf more often than not, so that the others are copied.
 */
function planOf(size: number, seed: number, cuts: number, isChanged: boolean): Planned {
  const next = randomOf(seed);
  const target = noise(`target ${seed}`, size);
  const base = [new Uint8Array(Buffer.concat([target, target])), noise(`base ${seed}`, size + 1000)];
  const [from, to] = next(4) === 0 ? [0, size] : [0, Math.min(size, CHUNK_BYTES)];
  if (isChanged)
    for (let change = 0; change < 20; change += 1) {
      const at = from + next(to - from);
      for (const copy of [0, size]) base[0]![at + copy]! ^= 1 + next(255);
    }
  const resources: { operation: number; value: number }[] = [];
  const pieces: Piece[] = [];
  for (let start = 0; start < size; ) {
    const end = pieces.length < cuts ? borderOf(start, size, next) : size;
    const piece = somePiece(start, end, size, next, resources);
    pieces.push(piece);
    start += piece.length;
  }
  return { target, base, pieces, resources };
}

/** Close to a border of a leaf more often than not. */
function borderOf(start: number, size: number, next: (below: number) => number): number {
  const border = (Math.floor(start / CHUNK_BYTES) + 1) * CHUNK_BYTES;
  const ends = [start + 1 + next(9), start + 1 + next(50_000), border - 4 + next(9), border + next(50_000)];
  return Math.min(size, Math.max(start + 1, ends[next(ends.length)]!));
}

function somePiece(
  start: number,
  end: number,
  size: number,
  next: (below: number) => number,
  resources: { operation: number; value: number }[],
): Piece {
  const raw = { operation: RAW, start, length: end - start, source: undefined, resource: -1 };
  const operation = TEST_OPERATIONS[next(TEST_OPERATIONS.length + 1)] ?? RAW_SHAPE;
  const length = Math.floor((end - start) / operation.width) * operation.width;
  if (operation === RAW_SHAPE || length === 0) return raw;
  const near = next(5) === 0 ? { file: 1, offset: start + next(999) } : { file: 0, offset: start + size * next(2) };
  const source = operation.source === 'none' ? undefined : near;
  const wantsOwn = operation.positional || (operation.readModel !== undefined && next(2) === 0);
  const shared = operation.positional ? -1 : resources.findIndex((resource) => resource.operation === operation.id);
  if (wantsOwn && shared < 0) resources.push({ operation: operation.id, value: next(256) });
  const own = shared >= 0 ? shared : resources.length - 1;
  return { operation: operation.id, start, length, source, resource: wantsOwn ? own : -1 };
}

/** xorshift32 */
function randomOf(seed: number): (below: number) => number {
  let state = (seed | 0) ^ 0x9e3779b9;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
