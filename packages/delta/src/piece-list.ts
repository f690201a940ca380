import { RAW_ID } from './leaf-parts.js';
import { COPY, operationOf } from './operations.js';
import { NO_RESOURCE, type Piece } from './package-table.js';

/** What became of a planned piece in one leaf. Elements are counted from the start of the planned piece. */
export interface Run extends Piece {
  readonly planned: Piece;
}

/** Joins what leaves were written by to as few pieces as say the same (delta-v1 §4). */
export class PieceList {
  private readonly runs: Run[] = [];

  append(run: Run): void {
    const last = this.runs.at(-1);
    if (last !== undefined && continues(last, run)) {
      this.runs[this.runs.length - 1] = { ...last, length: last.length + run.length };
    } else {
      this.runs.push(run);
    }
  }

  /** Whole elements alone: what a run has of an element that began or ends in another run is RAW. */
  finish(): Piece[] {
    return this.runs.flatMap(wholeElements);
  }
}

function continues(last: Run, next: Run): boolean {
  if (last.operation !== next.operation || last.resource !== next.resource) return false;
  if (last.operation !== COPY.id && last.planned !== next.planned) return isPlain(last) && isPlain(next);
  if (last.source === undefined || next.source === undefined) return last.source === next.source;
  return last.source.file === next.source.file && last.source.offset + last.length === next.source.offset;
}

/** Whether it makes no difference where a piece of this operation begins. */
function isPlain({ operation, source }: Run): boolean {
  return operationOf(operation)!.width === 1 && source === undefined;
}

function wholeElements({ planned, ...piece }: Run): Piece[] {
  const { width } = operationOf(piece.operation)!;
  const from = piece.start - planned.start;
  const to = from + piece.length;
  const wholeFrom = Math.min(to, Math.ceil(from / width) * width);
  const wholeTo = Math.max(wholeFrom, Math.floor(to / width) * width);
  const part = (operation: number, start: number, end: number): Piece => ({
    operation,
    start: planned.start + start,
    length: end - start,
    source:
      operation === piece.operation && piece.source !== undefined
        ? { file: piece.source.file, offset: piece.source.offset + start - from }
        : undefined,
    resource: operation === piece.operation ? piece.resource : NO_RESOURCE,
  });
  return [part(RAW_ID, from, wholeFrom), part(piece.operation, wholeFrom, wholeTo), part(RAW_ID, wholeTo, to)].filter(
    ({ length }) => length > 0,
  );
}
