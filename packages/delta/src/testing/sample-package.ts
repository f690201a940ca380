import type { RelativePath } from '@weighbridge/core/brands';
import { sha3 } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkCount, chunkLength, treeRoot } from '@weighbridge/core/tree';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import type { BaseFile, PackageTable, Piece, SourceRange, TargetFile } from '../package-table.js';
import { leb128, little } from './spellings.js';

const [COPY_ID, RAW_ID, NO_RESOURCE] = [0, 1, -1];
const EMPTY = new Uint8Array(0);

export interface SampleFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Of a target: COPY with a source, else RAW. Absent: all of it RAW. */
  readonly pieces?: readonly { readonly length: number; readonly source?: SourceRange }[];
}

export interface SamplePackage {
  readonly table: PackageTable;
  /** Of each target file, the payload of each leaf. */
  readonly payloads: readonly (readonly Uint8Array[])[];
  readonly body: Uint8Array;
}

/** A package of RAW and COPY, made by hand from delta-v1: no code of the encoder is in it. Files are taken in this order. */
export function samplePackage(base: readonly SampleFile[] | undefined, target: readonly SampleFile[]): SamplePackage {
  const baseFiles = (base ?? []).map(listed);
  const payloads = target.map(payloadsOf);
  const targetFiles = target.map((file, index): TargetFile => {
    const own = payloads[index]!;
    return {
      ...listed(file),
      leaves: leavesOf(file.bytes),
      pieces: piecesOf(file),
      payloads: {
        lengths: Uint32Array.from(own, ({ length }) => length),
        digests: new Uint8Array(Buffer.concat(own.map((payload) => digest32(payload)))),
      },
    };
  });
  const table: PackageTable = {
    base: base === undefined ? undefined : { kind: 'content', contentDigest: contentDigest(baseFiles) },
    target: { kind: 'content', contentDigest: contentDigest(targetFiles) },
    bundle: EMPTY,
    baseFiles,
    targetFiles,
    resources: [],
    labels: EMPTY,
  };
  return { table, payloads, body: new Uint8Array(Buffer.concat(payloads.flat())) };
}

export interface HeaderChanges {
  readonly magic?: Uint8Array;
  readonly version?: number;
  readonly operationSet?: number;
  readonly zero?: number;
  readonly tableBytes?: bigint;
  readonly packageBytes?: bigint;
  readonly tableDigest?: Uint8Array;
  readonly reserved?: Uint8Array;
}

/** delta-v1 §2 by hand: a header that binds the table and what follows it, but for what is changed. */
export function sealPackage(table: Uint8Array, body: Uint8Array, changes: HeaderChanges = {}): Uint8Array {
  return new Uint8Array(Buffer.concat([headerBytes(table, body.length, changes), table, body]));
}

export function headerBytes(table: Uint8Array, bodyBytes: number, changes: HeaderChanges = {}): Uint8Array {
  return new Uint8Array(
    Buffer.concat([
      changes.magic ?? Buffer.from('WBDELTA\0'),
      little(BigInt(changes.version ?? 1), 2),
      little(BigInt(changes.operationSet ?? 1), 2),
      little(BigInt(changes.zero ?? 0), 4),
      little(changes.tableBytes ?? BigInt(table.length), 8),
      little(changes.packageBytes ?? BigInt(161 + table.length + bodyBytes), 8),
      changes.tableDigest ?? sha3(table),
      changes.reserved ?? new Uint8Array(65),
    ]),
  );
}

/** The first 32 bytes of the SHA3-512; zeros for a payload that is not there. */
export function digest32(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? new Uint8Array(32) : sha3(bytes).slice(0, 32);
}

function listed({ path, bytes }: SampleFile): BaseFile {
  return { path: path as RelativePath, size: bytes.length, tree: treeRoot(bytes.length, leavesOf(bytes)) };
}

export function leavesOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat(chunksOf(bytes).map((chunk) => sha3(chunk))));
}

function chunksOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: chunkCount(bytes.length) }, (_, leaf) =>
    bytes.subarray(leaf * CHUNK_BYTES, leaf * CHUNK_BYTES + chunkLength(bytes.length, leaf)),
  );
}

function piecesOf({ bytes, pieces }: SampleFile): Piece[] {
  const planned = pieces ?? (bytes.length === 0 ? [] : [{ length: bytes.length }]);
  let start = 0;
  return planned.map(({ length, source }) => {
    start += length;
    const operation = source === undefined ? RAW_ID : COPY_ID;
    return { operation, start: start - length, length, source, resource: NO_RESOURCE };
  });
}

/** §5.2 where RAW is the only group: its length, and its bytes laid end to end. */
function payloadsOf(file: SampleFile): Uint8Array[] {
  const raw = piecesOf(file).filter(({ operation }) => operation === RAW_ID);
  return chunksOf(file.bytes).map((chunk, leaf) => {
    const from = leaf * CHUNK_BYTES;
    const parts = raw
      .map(({ start, length }) => chunk.subarray(clamp(start - from), clamp(start + length - from)))
      .filter(({ length }) => length > 0);
    const bytes = Buffer.concat(parts);
    return new Uint8Array(bytes.length === 0 ? EMPTY : Buffer.concat([leb128(BigInt(bytes.length)), bytes]));
  });
}

function clamp(offset: number): number {
  return Math.min(CHUNK_BYTES, Math.max(0, offset));
}
