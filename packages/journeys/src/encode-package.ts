import { sha3 } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkCount, chunkLength } from '@weighbridge/core/tree';
import { type EncodeBytes, LeafEncoder } from '@weighbridge/delta/leaf-encoder';
import { piecesOfLeaf } from '@weighbridge/delta/leaf-parts';
import { codecOf, operationOf } from '@weighbridge/delta/operations';
import type { BaseBytes } from '@weighbridge/delta/operation';
import { DIGEST32_BYTES, type Piece, type Resource } from '@weighbridge/delta/package-table';
import { PieceList } from '@weighbridge/delta/piece-list';
import type { PackagePlan, PlannedFile } from '@weighbridge/delta/plan/plan-package';
import type { TensorLabel } from '@weighbridge/delta/table-labels';
import type { ContentDoors } from './open-content.js';

/** What one file of the target came to. */
export interface EncodedFile {
  readonly pieces: readonly Piece[];
  readonly lengths: Uint32Array;
  readonly digests: Uint8Array;
  /** Bytes of all its payloads. */
  readonly bytes: number;
  readonly tensors: readonly EncodedTensor[];
}

/** A tensor, or the bytes between tensors where `name` is empty. */
export interface EncodedTensor extends TensorLabel {
  /** Bytes in the target. */
  readonly sizeBytes: number;
  /** Bytes of leaves that are not those of the base. */
  readonly changedBytes: number;
}

export interface EncodeOrder {
  readonly plan: PackagePlan;
  readonly base: BaseBytes;
  readonly target: BaseBytes;
  readonly encodeBytes: (file: number) => EncodeBytes;
}

/**
 * Encodes the target leaf by leaf as planned. Memory does not grow with the files.
 * @param append takes each resource and then each payload, in the order of the package
 */
export async function encodePackage(
  { progress, signal }: ContentDoors,
  order: EncodeOrder,
  append: (bytes: Uint8Array) => Promise<void>,
): Promise<{ files: EncodedFile[]; resources: Resource[] }> {
  const { plan, target } = order;
  const models = plan.resources.map(({ operation, bytes }) => codecOf(operation).readModel!(bytes));
  const resources: Resource[] = [];
  for (const { operation, bytes } of plan.resources) {
    resources.push({ operation, length: bytes.length, digest32: sha3(bytes).subarray(0, DIGEST32_BYTES) });
    await append(bytes);
  }
  const files: EncodedFile[] = [];
  progress.start(
    'encoding',
    target.sizes.reduce((sum, size) => sum + size, 0),
  );
  try {
    for (const [index, planned] of plan.files.entries()) {
      const encoder = new LeafEncoder(order.base, (resource) => models[resource], order.encodeBytes(index));
      files.push(
        await encodeFile({ index, planned, size: target.sizes[index]!, target, encoder }, async (payload, bytes) => {
          signal.throwIfAborted();
          progress.advance(bytes);
          await append(payload);
        }),
      );
    }
  } finally {
    progress.stop();
  }
  return { files, resources };
}

interface FileOrder {
  readonly index: number;
  readonly planned: PlannedFile;
  readonly size: number;
  readonly target: BaseBytes;
  readonly encoder: LeafEncoder;
}

async function encodeFile(
  { index, planned, size, target, encoder }: FileOrder,
  append: (payload: Uint8Array, leafBytes: number) => Promise<void>,
): Promise<EncodedFile> {
  const count = chunkCount(size);
  const lengths = new Uint32Array(count);
  const digests = new Uint8Array(count * DIGEST32_BYTES);
  const list = new PieceList();
  const tally = new Tally(planned);
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let leaf = 0; leaf < count; leaf += 1) {
    const bytes = buffer.subarray(0, chunkLength(size, leaf));
    target.read(index, leaf * CHUNK_BYTES, bytes);
    const pieces = piecesOfLeaf(planned.pieces, size, leaf);
    const { runs, payload, costs } = encoder.encode(pieces, size, leaf, bytes);
    for (const [at, run] of runs.entries()) {
      list.append(run);
      tally.add(pieces[at]!, operationOf(run.operation)!.name, run.length, costs[at]!);
    }
    lengths[leaf] = payload.length;
    if (payload.length > 0) digests.set(sha3(payload).subarray(0, DIGEST32_BYTES), leaf * DIGEST32_BYTES);
    await append(payload, bytes.length);
  }
  return {
    pieces: list.finish(),
    lengths,
    digests,
    bytes: lengths.reduce((sum, length) => sum + length, 0),
    tensors: tally.tensors(),
  };
}

/** Adds up what each planned piece cost. */
class Tally {
  private readonly sums = new Map<Piece, { bytes: number; changedBytes: number; byOperation: Map<string, number> }>();

  constructor(private readonly planned: PlannedFile) {
    for (const piece of planned.pieces) this.sums.set(piece, { bytes: 0, changedBytes: 0, byOperation: new Map() });
  }

  add(piece: Piece, operation: string, length: number, cost: number): void {
    const sum = this.sums.get(piece)!;
    sum.bytes += cost;
    if (operation !== 'COPY') sum.changedBytes += length;
    sum.byOperation.set(operation, (sum.byOperation.get(operation) ?? 0) + length);
  }

  tensors(): EncodedTensor[] {
    const tensors = new Map<string, EncodedTensor & { largest: number }>();
    for (const [index, piece] of this.planned.pieces.entries()) {
      const name = this.planned.names[index]!;
      const { bytes, changedBytes, byOperation } = this.sums.get(piece)!;
      const [op, largest] = [...byOperation].reduce((a, b) => (b[1] > a[1] ? b : a));
      const before = tensors.get(name);
      tensors.set(name, {
        name,
        op: before !== undefined && before.largest >= largest ? before.op : op,
        largest: Math.max(before?.largest ?? 0, largest),
        bytes: (before?.bytes ?? 0) + bytes,
        sizeBytes: (before?.sizeBytes ?? 0) + piece.length,
        changedBytes: (before?.changedBytes ?? 0) + changedBytes,
      });
    }
    return [...tensors.values()].map(({ largest: _, ...tensor }) => tensor);
  }
}
