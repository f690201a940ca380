import { describe, expect, it } from 'vitest';
import type { Piece } from './package-table.js';
import { PieceList, type Run } from './piece-list.js';

const MIB = 1_048_576;
/** By delta-v1 §6. PLANES16 has width 2 and no source, T16 has width 2 and one. */
const [COPY, RAW, PLANES16, T16] = [0, 1, 3, 5];

function piece(operation: number, start: number, length: number, offset?: number, file = 0): Piece {
  return { operation, start, length, source: offset === undefined ? undefined : { file, offset }, resource: -1 };
}

/** A run of a planned piece: by its own operation, or by another. */
function run(planned: Piece, start: number, length: number, operation = planned.operation): Run {
  const source =
    planned.source === undefined || operation === RAW
      ? undefined
      : { file: planned.source.file, offset: planned.source.offset + start - planned.start };
  return { ...planned, operation, start, length, source, planned };
}

function joined(...runs: readonly Run[]): Piece[] {
  const list = new PieceList();
  for (const one of runs) list.append(one);
  return list.finish();
}

describe('runs of one planned piece', () => {
  const planned = piece(T16, 1, 2 * MIB, 70);

  it('become one piece again', () => {
    expect(joined(run(planned, 1, MIB - 1), run(planned, MIB, MIB), run(planned, 2 * MIB, 1))).toEqual([planned]);
  });

  it('have their torn end apart where the next leaf is written otherwise', () => {
    expect(joined(run(planned, 1, MIB - 1), run(planned, MIB, MIB + 1, COPY))).toEqual([
      piece(T16, 1, MIB - 2, 70),
      piece(RAW, MIB - 1, 1),
      piece(COPY, MIB, MIB + 1, 69 + MIB),
    ]);
  });

  it('have their torn start apart where the leaf before is written otherwise', () => {
    expect(joined(run(planned, 1, MIB - 1, COPY), run(planned, MIB, MIB + 1))).toEqual([
      piece(COPY, 1, MIB - 1, 70),
      piece(RAW, MIB, 1),
      piece(T16, MIB + 1, MIB, 70 + MIB),
    ]);
  });

  it('that are RAW in between leave whole elements on both sides', () => {
    const long = piece(T16, 1, 3 * MIB, 0);
    expect(joined(run(long, 1, MIB - 1), run(long, MIB, MIB, RAW), run(long, 2 * MIB, MIB + 1))).toEqual([
      piece(T16, 1, MIB - 2, 0),
      piece(RAW, MIB - 1, 1),
      piece(RAW, MIB, MIB),
      piece(RAW, 2 * MIB, 1),
      piece(T16, 2 * MIB + 1, MIB, 2 * MIB),
    ]);
  });
});

describe('runs of neighboring pieces', () => {
  it('are one COPY where the source goes on, and two where it does not', () => {
    const [first, on] = [piece(COPY, 0, 10, 5), piece(COPY, 10, 10, 15)];
    expect(joined(run(first, 0, 10), run(on, 10, 10))).toEqual([piece(COPY, 0, 20, 5)]);
    for (const other of [piece(COPY, 10, 10, 16), piece(COPY, 10, 10, 14), piece(COPY, 10, 10, 15, 1)])
      expect(joined(run(first, 0, 10), run(other, 10, 10))).toEqual([first, other]);
  });

  it('are one RAW', () => {
    const [a, b] = [piece(RAW, 0, 3), piece(T16, 3, 4, 0)];
    expect(joined(run(a, 0, 3), run(b, 3, 4, RAW))).toEqual([piece(RAW, 0, 7)]);
  });

  it('of elements or with sources of their own stay two', () => {
    const planes = [piece(PLANES16, 0, 4), piece(PLANES16, 4, 4)] as const;
    expect(joined(run(planes[0], 0, 4), run(planes[1], 4, 4))).toEqual(planes);
    const deltas = [piece(T16, 0, 4, 0), piece(T16, 4, 4, 4)] as const;
    expect(joined(run(deltas[0], 0, 4), run(deltas[1], 4, 4))).toEqual(deltas);
  });

  it('with resources of their own stay two', () => {
    const [a, b] = [piece(T16, 0, 4, 0), piece(T16, 0, 4, 0)];
    const planned = piece(T16, 0, 8, 0);
    const runs = [
      { ...run(planned, 0, 4), resource: 0 },
      { ...run(planned, 4, 4), resource: 1 },
    ];
    expect(joined(...runs)).toEqual([
      { ...a, resource: 0 },
      { ...b, start: 4, source: { file: 0, offset: 4 }, resource: 1 },
    ]);
  });
});
