import { bytesEqual } from '@weighbridge/core/hex';
import { CHUNK_BYTES, chunkLength } from '@weighbridge/core/tree';
import { ByteWriter } from './byte-writer.js';
import { gatherParts, gatherSource } from './leaf-gather.js';
import type { ModelOf } from './leaf-decoder.js';
import { cutPiece, groupParts, type LeafGroup, RAW_ID } from './leaf-parts.js';
import type { BaseBytes } from './operation.js';
import { BYTES, COPY, codecOf, operationOf } from './operations.js';
import { NO_RESOURCE, type Piece } from './package-table.js';
import type { Run } from './piece-list.js';

const NOTHING = new Uint8Array(0);

export interface EncodedLeaf {
  /** What writes the leaf, in order. */
  readonly runs: readonly Run[];
  readonly payload: Uint8Array;
  /** Bytes of the payload that each run is to blame for. */
  readonly costs: readonly number[];
  /** Bytes of elements in each run that are not those of the base. */
  readonly changes: readonly number[];
}

/** Encodes BYTES, which looks for its own sources. @param start offset of the bytes in their file */
export type EncodeBytes = (target: Uint8Array, start: number) => Uint8Array;

/** Writes leaves as delta-v1 §5 says, by planned pieces; what costs less in another way is written so. One leaf at a time. */
export class LeafEncoder {
  private readonly source = new Uint8Array(CHUNK_BYTES);

  constructor(
    private readonly base: BaseBytes,
    private readonly modelOf: ModelOf,
    private readonly encodeBytes: EncodeBytes,
  ) {}

  /**
   * @param planned the pieces of the whole file that touch this leaf
   * @param target the bytes of the leaf
   */
  encode(planned: readonly Piece[], fileSize: number, leaf: number, target: Uint8Array): EncodedLeaf {
    const from = leaf * CHUNK_BYTES;
    const to = from + chunkLength(fileSize, leaf);
    const changes: number[] = [];
    const runs = planned.map((piece) => {
      const run = this.cut(piece, from, to);
      const changed = this.changedBytes(run, target.subarray(run.start - from, run.start - from + run.length));
      changes.push(changed);
      return changed === 0 ? asCopy(run) : run;
    });
    const first = this.encodeRuns(runs, from, target);
    if (first.wasteful.size === 0) return { runs, changes, ...first };
    const plain = runs.map((run) => (first.wasteful.has(keyOf(run)) ? asRaw(run) : run));
    return { runs: plain, changes, ...this.encodeRuns(plain, from, target) };
  }

  /** The planned piece within the leaf. */
  private cut(piece: Piece, leafFrom: number, leafTo: number): Run {
    const start = Math.max(piece.start, leafFrom);
    const length = Math.min(piece.start + piece.length, leafTo) - start;
    const source = piece.source && { file: piece.source.file, offset: piece.source.offset + start - piece.start };
    return { ...piece, start, length, source, planned: piece };
  }

  /** All where there is no source. */
  private changedBytes({ operation, source, length, start, planned }: Run, target: Uint8Array): number {
    if (operation === COPY.id) return 0;
    if (source === undefined) return length;
    const found = this.source.subarray(0, length);
    this.base.read(source.file, source.offset, found);
    if (bytesEqual(found, target)) return 0;
    const { width } = operationOf(operation)!;
    return differingBytes(found, target, width, (start - planned.start) % width);
  }

  private encodeRuns(
    runs: readonly Run[],
    leafFrom: number,
    target: Uint8Array,
  ): { payload: Uint8Array; costs: number[]; wasteful: Set<string> } {
    const parts = runs.flatMap((run) => partsOf(run, leafFrom));
    const writer = new ByteWriter();
    const wasteful = new Set<string>();
    const rates = new Map<string, number>();
    for (const group of groupParts(parts)) {
      const stream = this.encodeGroup(group, leafFrom, target);
      if (isWasteful(group, stream)) wasteful.add(keyOf(group));
      rates.set(keyOf(group), stream.length / group.length);
      writer.varint(stream.length).bytes(stream);
    }
    const costs = runs.map((run) => Math.round((rates.get(keyOf(run)) ?? 0) * run.length));
    return { payload: writer.finish(), costs, wasteful };
  }

  private encodeGroup(group: LeafGroup, leafFrom: number, leaf: Uint8Array): Uint8Array {
    const target = gatherParts(group, leaf);
    if (group.operation === BYTES.id) return this.encodeBytes(target, leafFrom + group.parts[0]!.at);
    const codec = codecOf(group.operation);
    const source = codec.source === 'aligned' ? gatherSource(group, this.base, this.source) : NOTHING;
    const model = group.resource === NO_RESOURCE ? undefined : this.modelOf(group.resource);
    return codec.encode(target, { source, model, first: codec.positional ? group.parts[0]!.first : 0 });
  }
}

function partsOf(run: Run, leafFrom: number) {
  const { planned } = run;
  const source =
    run.source === undefined
      ? undefined
      : { file: run.source.file, offset: run.source.offset - (run.start - planned.start) };
  const whole = { ...planned, operation: run.operation, resource: run.resource, source };
  return cutPiece(whole, run.start, run.start + run.length).map((part) => ({
    ...part,
    at: part.at + run.start - leafFrom,
  }));
}

function keyOf({ operation, resource }: { readonly operation: number; readonly resource: number }): string {
  return `${operation}:${resource}`;
}

/** A stream that is no shorter than its bytes: they are as well written as they are. */
function isWasteful(group: LeafGroup, stream: Uint8Array): boolean {
  const { id, positional } = operationOf(group.operation)!;
  return id !== RAW_ID && !positional && stream.length > group.length;
}

/** Most weights: a fifth of the time. */
function differingPairs(a: Uint8Array, b: Uint8Array): number {
  let pairs = 0;
  for (let at = 0; at < a.length; at += 2) {
    if (((a[at]! ^ b[at]!) | (a[at + 1]! ^ b[at + 1]!)) !== 0) pairs += 1;
  }
  return 2 * pairs;
}

/** Positional operations stay: a piece of theirs is a whole tensor. */
function asCopy(run: Run): Run {
  const { positional } = operationOf(run.operation)!;
  return positional || run.source === undefined ? run : { ...run, operation: COPY.id, resource: NO_RESOURCE };
}

/** @param phase bytes of the first element that lie before */
function differingBytes(a: Uint8Array, b: Uint8Array, width: number, phase: number): number {
  if (width === 2 && phase === 0 && a.length % 2 === 0) return differingPairs(a, b);
  let bytes = 0;
  let last = -1;
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] === b[at]) continue;
    const element = width === 1 ? at : Math.floor((at + phase) / width);
    if (element !== last) bytes += width;
    last = element;
  }
  return Math.min(bytes, a.length);
}

function asRaw(run: Run): Run {
  return { ...run, operation: RAW_ID, resource: NO_RESOURCE, source: undefined };
}
