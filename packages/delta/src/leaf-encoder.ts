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
    const runs = planned.map((piece) => this.runOf(piece, from, to, target));
    const first = this.encodeRuns(runs, from, target);
    const plain = runs.map((run) => (first.wasteful.has(run.operation) ? asRaw(run) : run));
    return first.wasteful.size === 0 ? { runs, ...first } : { runs: plain, ...this.encodeRuns(plain, from, target) };
  }

  /** The planned piece within the leaf; COPY where that gives the same bytes. */
  private runOf(piece: Piece, leafFrom: number, leafTo: number, target: Uint8Array): Run {
    const start = Math.max(piece.start, leafFrom);
    const length = Math.min(piece.start + piece.length, leafTo) - start;
    const source =
      piece.source === undefined
        ? undefined
        : { file: piece.source.file, offset: piece.source.offset + start - piece.start };
    const run: Run = { ...piece, start, length, source, planned: piece };
    if (source === undefined || run.operation === COPY.id || operationOf(run.operation)!.positional) return run;
    const found = this.source.subarray(0, length);
    this.base.read(source.file, source.offset, found);
    const isSame = bytesEqual(found, target.subarray(start - leafFrom, start - leafFrom + length));
    return isSame ? { ...run, operation: COPY.id, resource: NO_RESOURCE } : run;
  }

  private encodeRuns(
    runs: readonly Run[],
    leafFrom: number,
    target: Uint8Array,
  ): { payload: Uint8Array; costs: number[]; wasteful: Set<number> } {
    const parts = runs.flatMap((run) => partsOf(run, leafFrom));
    const writer = new ByteWriter();
    const wasteful = new Set<number>();
    const rates = new Map<string, number>();
    for (const group of groupParts(parts)) {
      const stream = this.encodeGroup(group, leafFrom, target);
      if (isWasteful(group, stream)) wasteful.add(group.operation);
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

function asRaw(run: Run): Run {
  return { ...run, operation: RAW_ID, resource: NO_RESOURCE, source: undefined };
}
