import { fromHex } from '@weighbridge/core/hex';
import { ByteWriter } from './byte-writer.js';
import { COPY, operationOf } from './operations.js';
import { DIGEST32_BYTES, type PackageTable, type Piece, type Pinned, type TargetFile } from './package-table.js';
import { SourceExpectation } from './source-expectation.js';

/** delta-v1 §3: the bytes of a table. */
export function writeTable(table: PackageTable): Uint8Array {
  const writer = new ByteWriter();
  if (table.base === undefined) writer.u8(0);
  else writePinned(writer, table.base);
  writePinned(writer, table.target);
  writer.varint(table.bundle.length).bytes(table.bundle);
  writer.varint(table.baseFiles.length);
  for (const { path, size, tree } of table.baseFiles) {
    writePath(writer, path);
    writer.varint(size).bytes(fromHex(tree));
  }
  writer.varint(table.targetFiles.length);
  for (const { path, size, leaves } of table.targetFiles) {
    writePath(writer, path);
    writer.varint(size).bytes(leaves);
  }
  writer.varint(table.resources.length);
  for (const { operation, length, digest32 } of table.resources) writer.u8(operation).varint(length).bytes(digest32);
  writePieces(writer, table.targetFiles);
  for (const { payloads } of table.targetFiles) writePayloads(writer, payloads);
  return writer.varint(table.labels.length).bytes(table.labels).finish();
}

function writePinned(writer: ByteWriter, pinned: Pinned): void {
  writer.u8(pinned.kind === 'release' ? 1 : 2).bytes(fromHex(pinned.contentDigest));
  if (pinned.kind === 'release') writer.bytes(fromHex(pinned.releaseDigest));
}

function writePath(writer: ByteWriter, path: string): void {
  const bytes = new TextEncoder().encode(path);
  writer.varint(bytes.length).bytes(bytes);
}

function writePieces(writer: ByteWriter, files: readonly TargetFile[]): void {
  writer.varint(files.reduce((sum, { pieces }) => sum + pieces.length, 0));
  const expectation = new SourceExpectation();
  for (const { pieces } of files) for (const piece of pieces) writePiece(writer, piece, expectation);
}

function writePiece(
  writer: ByteWriter,
  { operation, start, length, source, resource }: Piece,
  expectation: SourceExpectation,
): void {
  writer.u8(operation).varint(length);
  if (operationOf(operation)!.source === 'aligned') {
    const { file, offset } = source!;
    writer.varint(file).zigzag(offset - expectation.of(file, start));
    expectation.continued(file, offset + length);
  }
  if (operation !== COPY.id) writer.varint(resource + 1);
}

function writePayloads(writer: ByteWriter, { lengths, digests }: TargetFile['payloads']): void {
  for (const [leaf, length] of lengths.entries()) {
    writer.varint(length);
    if (length > 0) writer.bytes(digests.subarray(leaf * DIGEST32_BYTES, (leaf + 1) * DIGEST32_BYTES));
  }
}
