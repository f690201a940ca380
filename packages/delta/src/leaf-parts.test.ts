import { describe, expect, it } from 'vitest';
import { groupParts, type LeafPart, leafParts, piecesOfLeaf } from './leaf-parts.js';
import type { Piece } from './package-table.js';

const MIB = 1_048_576;
/** By delta-v1 §6: width 1, 2 and 4. */
const [COPY, RAW, T16, T32] = [0, 1, 5, 7];

function piece(operation: number, start: number, length: number, offset?: number, resource = -1): Piece {
  return { operation, start, length, source: offset === undefined ? undefined : { file: 0, offset }, resource };
}

function part(operation: number, at: number, length: number, first: number, offset?: number, resource = -1): LeafPart {
  return { operation, at, length, first, source: offset === undefined ? undefined : { file: 0, offset }, resource };
}

describe('§5.1 the parts of a leaf', () => {
  it('are the pieces where no border cuts one', () => {
    const pieces = [piece(RAW, 0, 3), piece(T16, 3, 10, 100), piece(COPY, 13, 7, 0)];
    expect(leafParts(pieces, 20, 0)).toEqual([part(RAW, 0, 3, 0), part(T16, 3, 10, 0, 100), part(COPY, 13, 7, 0, 0)]);
  });

  it('of a piece that goes on count its elements from its start', () => {
    const pieces = [piece(T16, 0, 3 * MIB, 40)];
    const expected = [0, 1, 2].map((leaf) => [part(T16, 0, MIB, (leaf * MIB) / 2, 40 + leaf * MIB)]);
    expect([0, 1, 2].map((leaf) => leafParts(pieces, 3 * MIB, leaf))).toEqual(expected);
  });

  it('have torn elements apart, on both sides of a border', () => {
    // Elements of 4 bytes from offset 1: the border comes after 3 bytes of one.
    const pieces = [piece(RAW, 0, 1), piece(T32, 1, MIB + 7, 500)];
    const whole = MIB - 4;
    expect(leafParts(pieces, MIB + 8, 0)).toEqual([
      part(RAW, 0, 1, 0),
      part(T32, 1, whole, 0, 500),
      part(RAW, MIB - 3, 3, whole / 4),
    ]);
    expect(leafParts([...pieces.slice(0, 1), { ...pieces[1]!, length: MIB + 8 }], MIB + 9, 1)).toEqual([
      part(RAW, 0, 1, (MIB - 1) / 4),
      part(T32, 1, 8, MIB / 4, 500 + MIB),
    ]);
  });

  it('may be torn elements alone', () => {
    const pieces = [piece(RAW, 0, MIB - 1), piece(T16, MIB - 1, 2, 9)];
    expect(leafParts(pieces, MIB + 1, 0).map(({ operation, at, length }) => [operation, at, length])).toEqual([
      [RAW, 0, MIB - 1],
      [RAW, MIB - 1, 1],
    ]);
    expect(leafParts(pieces, MIB + 1, 1).map(({ operation, at, length }) => [operation, at, length])).toEqual([
      [RAW, 0, 1],
    ]);
  });

  it('of torn elements have neither source nor resource', () => {
    const [, torn] = leafParts([piece(RAW, 0, MIB - 1), piece(T16, MIB - 1, 2, 9, 3)], MIB + 1, 0);
    expect(torn).toMatchObject({ source: undefined, resource: -1 });
  });
});

describe('the pieces of a leaf', () => {
  it('are those that have bytes in it', () => {
    const pieces = [piece(RAW, 0, MIB), piece(COPY, MIB, 5, 0), piece(RAW, MIB + 5, MIB)];
    expect(piecesOfLeaf(pieces, 2 * MIB + 5, 0)).toEqual([pieces[0]]);
    expect(piecesOfLeaf(pieces, 2 * MIB + 5, 1)).toEqual([pieces[1], pieces[2]]);
    expect(piecesOfLeaf(pieces, 2 * MIB + 5, 2)).toEqual([pieces[2]]);
  });
});

describe('§5.2 the groups of a leaf', () => {
  it('go by ascending operation and then resource, parts in order of output, without COPY', () => {
    const parts = [
      part(T32, 0, 8, 0, 0),
      part(T16, 8, 2, 0, 0, 12),
      part(COPY, 10, 5, 0, 0),
      part(T16, 15, 4, 0, 0, 2),
      part(RAW, 19, 1, 0),
      part(T16, 20, 6, 0, 0, -1),
      part(T16, 26, 2, 0, 0, 12),
      part(RAW, 28, 3, 0),
    ];
    expect(
      groupParts(parts).map((group) => [
        group.operation,
        group.resource,
        group.length,
        group.parts.map(({ at }) => at),
      ]),
    ).toEqual([
      [RAW, -1, 4, [19, 28]],
      [T16, -1, 6, [20]],
      [T16, 2, 4, [15]],
      [T16, 12, 4, [8, 26]],
      [T32, -1, 8, [0]],
    ]);
  });
});
