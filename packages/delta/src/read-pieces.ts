import type { ByteReader } from './byte-reader.js';
import { COPY, type OperationShape, operationOf } from './operations.js';
import {
  type BaseFile,
  NO_RESOURCE,
  type Piece,
  PIECES_MAX,
  type Resource,
  type SourceRange,
} from './package-table.js';
import { SourceExpectation } from './source-expectation.js';

interface Known {
  readonly baseFiles: readonly BaseFile[];
  readonly targetFiles: readonly { readonly size: number }[];
  readonly resources: readonly Resource[];
}

/** delta-v1 §4: the pieces of each target file. @throws MALFORMED, LIMIT */
export function readPieces(reader: ByteReader, known: Known): Piece[][] {
  const readPiece = pieceReader(reader, known);
  let left = reader.count('pieces', PIECES_MAX);
  const files = known.targetFiles.map(({ size }) => {
    const pieces: Piece[] = [];
    for (let start = 0; start < size; left -= 1) {
      if (left === 0) throw reader.malformed('has too few pieces for its files');
      const piece = readPiece(start, size);
      pieces.push(piece);
      start += piece.length;
    }
    return pieces;
  });
  if (left > 0) throw reader.malformed('has more pieces than its files have room for');
  return files;
}

function pieceReader(reader: ByteReader, { baseFiles, resources }: Known): (start: number, size: number) => Piece {
  const expectation = new SourceExpectation();
  const ownResources = new Set<number>();

  function readSource(start: number, length: number): SourceRange {
    const file = reader.varint();
    const base = baseFiles[file];
    if (base === undefined) throw reader.malformed(`has a piece out of the base file ${file}, which is not there`);
    const offset = expectation.of(file, start) + reader.zigzag();
    if (offset < 0 || offset + length > base.size)
      throw reader.malformed('has a piece out of bytes beyond its base file');
    expectation.continued(file, offset + length);
    return { file, offset };
  }

  function readResource(operation: OperationShape): number {
    const resource = reader.varint() - 1;
    if (resource !== NO_RESOURCE && resources[resource]?.operation !== operation.id)
      throw reader.malformed('has a piece with a resource of another operation');
    if (!operation.positional) return resource;
    if (resource === NO_RESOURCE || ownResources.has(resource))
      throw reader.malformed(`has a piece of ${operation.name} without a resource of its own`);
    ownResources.add(resource);
    return resource;
  }

  return (start, size) => {
    const operation = operationOf(reader.u8());
    if (operation === undefined) throw reader.malformed('has a piece of an unknown operation');
    const length = reader.varint();
    if (length === 0 || length > size - start) throw reader.malformed('has a piece that does not fit its file');
    if (length % operation.width !== 0) throw reader.malformed('has a piece of broken elements');
    const source = operation.source === 'aligned' ? readSource(start, length) : undefined;
    const resource = operation.id === COPY.id ? NO_RESOURCE : readResource(operation);
    return { operation: operation.id, start, length, source, resource };
  };
}
