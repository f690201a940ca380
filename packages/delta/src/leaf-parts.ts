import { CHUNK_BYTES, chunkLength } from '@weighbridge/core/tree';
import { COPY, operationOf } from './operations.js';
import { NO_RESOURCE, type Piece, type SourceRange } from './package-table.js';

/** RAW has this id; torn bytes are its own (delta-v1 §5.1). */
export const RAW_ID = 1;

/** What one piece, or a torn end of one, writes into a leaf. */
export interface LeafPart {
  readonly operation: number;
  readonly resource: number;
  /** Offset in the leaf. */
  readonly at: number;
  readonly length: number;
  readonly source: SourceRange | undefined;
  /** Index of the first element within its piece. */
  readonly first: number;
}

/** The parts of a leaf that one operation with one resource writes, in order of output. */
export interface LeafGroup {
  readonly operation: number;
  readonly resource: number;
  readonly parts: readonly LeafPart[];
  readonly length: number;
}

/** delta-v1 §5.1: what writes a leaf. @param pieces of the whole file, in order */
export function leafParts(pieces: readonly Piece[], fileSize: number, leaf: number): LeafPart[] {
  const from = leaf * CHUNK_BYTES;
  const to = from + chunkLength(fileSize, leaf);
  return piecesOfLeaf(pieces, fileSize, leaf).flatMap((piece) => cutPiece(piece, from, to));
}

/** The pieces of a file that have bytes in a leaf. */
export function piecesOfLeaf<P extends Piece>(pieces: readonly P[], fileSize: number, leaf: number): P[] {
  const from = leaf * CHUNK_BYTES;
  const to = from + chunkLength(fileSize, leaf);
  const found: P[] = [];
  for (let index = pieceAt(pieces, from); index < pieces.length && pieces[index]!.start < to; index += 1) {
    found.push(pieces[index]!);
  }
  return found;
}

/** Index of the piece that covers `offset`. */
function pieceAt(pieces: readonly Piece[], offset: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (pieces[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The part of a piece between two offsets of its file, torn elements apart. */
export function cutPiece(piece: Piece, leafFrom: number, leafTo: number): LeafPart[] {
  const { width } = operationOf(piece.operation)!;
  const from = Math.max(piece.start, leafFrom) - piece.start;
  const to = Math.min(piece.start + piece.length, leafTo) - piece.start;
  const wholeFrom = Math.min(to, Math.ceil(from / width) * width);
  const wholeTo = Math.max(wholeFrom, Math.floor(to / width) * width);
  const part = (operation: number, start: number, end: number): LeafPart => ({
    operation,
    resource: operation === piece.operation ? piece.resource : NO_RESOURCE,
    at: piece.start + start - leafFrom,
    length: end - start,
    source:
      operation === piece.operation && piece.source !== undefined
        ? { file: piece.source.file, offset: piece.source.offset + start }
        : undefined,
    first: start / width,
  });
  return [part(RAW_ID, from, wholeFrom), part(piece.operation, wholeFrom, wholeTo), part(RAW_ID, wholeTo, to)].filter(
    ({ length }) => length > 0,
  );
}

/** delta-v1 §5.2: everything but COPY, by ascending operation and resource. */
export function groupParts(parts: readonly LeafPart[]): LeafGroup[] {
  const groups = new Map<string, LeafPart[]>();
  for (const part of parts) {
    if (part.operation === COPY.id) continue;
    const key = `${part.operation}:${part.resource}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [part]);
    else group.push(part);
  }
  return [...groups.values()]
    .map((group) => ({
      operation: group[0]!.operation,
      resource: group[0]!.resource,
      parts: group,
      length: group.reduce((sum, { length }) => sum + length, 0),
    }))
    .sort((a, b) => a.operation - b.operation || a.resource - b.resource);
}
