import { sha3 } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkCount, chunkLength } from '@weighbridge/core/tree';
import { type EncodeBytes, LeafEncoder } from '@weighbridge/delta/leaf-encoder';
import { piecesOfLeaf } from '@weighbridge/delta/leaf-parts';
import { codecOf, operationOf } from '@weighbridge/delta/operations';
import type { BaseBytes } from '@weighbridge/delta/operation';
import { DIGEST32_BYTES, type Piece, type Resource } from '@weighbridge/delta/package-table';
import { PieceList, type Run } from '@weighbridge/delta/piece-list';
import type { PackagePlan, PlannedFile } from '@weighbridge/delta/plan/plan-package';
import type { PlacedTensor } from '@weighbridge/delta/plan/side';
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

export interface EncodedTensor extends TensorLabel {
  readonly shape: readonly number[];
  /** Bytes in the target. */
  readonly sizeBytes: number;
  /** Bytes of values that are not those of the base. */
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
        await encodeFile(
          { index, planned, size: target.sizes[index]!, target, encoder, resources },
          async (payload, bytes) => {
            signal.throwIfAborted();
            progress.advance(bytes);
            await append(payload);
          },
        ),
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
  readonly resources: readonly Resource[];
}

async function encodeFile(
  { index, planned, size, target, encoder, resources }: FileOrder,
  append: (payload: Uint8Array, leafBytes: number) => Promise<void>,
): Promise<EncodedFile> {
  const count = chunkCount(size);
  const lengths = new Uint32Array(count);
  const digests = new Uint8Array(count * DIGEST32_BYTES);
  const list = new PieceList();
  const tally = new Tally(planned, resources);
  const buffer = new Uint8Array(CHUNK_BYTES);
  for (let leaf = 0; leaf < count; leaf += 1) {
    const bytes = buffer.subarray(0, chunkLength(size, leaf));
    target.read(index, leaf * CHUNK_BYTES, bytes);
    const pieces = piecesOfLeaf(planned.pieces, size, leaf);
    const { runs, payload, costs, changes } = encoder.encode(pieces, size, leaf, bytes);
    for (const [at, run] of runs.entries()) {
      list.append(run);
      tally.add(pieces[at]!, run, costs[at]!, changes[at]!);
    }
    lengths[leaf] = payload.length;
    if (payload.length > 0) digests.set(sha3(payload).subarray(0, DIGEST32_BYTES), leaf * DIGEST32_BYTES);
    await append(payload, bytes.length);
  }
  return {
    pieces: list.finish(),
    lengths,
    digests,
    bytes: tally.resourceBytes + lengths.reduce((sum, length) => sum + length, 0),
    tensors: tally.tensors(),
  };
}

/** Adds up what each planned piece cost, resources of its own included. */
class Tally {
  readonly resourceBytes: number;
  private readonly sums = new Map<Piece, { bytes: number; changedBytes: number; byOperation: Map<string, number> }>();

  constructor(
    private readonly planned: PlannedFile,
    resources: readonly Resource[],
  ) {
    let resourceBytes = 0;
    for (const piece of planned.pieces) {
      const bytes = operationOf(piece.operation)!.positional ? resources[piece.resource]!.length : 0;
      this.sums.set(piece, { bytes, changedBytes: 0, byOperation: new Map() });
      resourceBytes += bytes;
    }
    this.resourceBytes = resourceBytes;
  }

  /** @param changed bytes of elements that are not those of the base */
  add(piece: Piece, { operation, length }: Run, cost: number, changed: number): void {
    const { name } = operationOf(operation)!;
    const sum = this.sums.get(piece)!;
    sum.bytes += cost;
    sum.changedBytes += changed;
    sum.byOperation.set(name, (sum.byOperation.get(name) ?? 0) + length);
  }

  tensors(): EncodedTensor[] {
    const tensors = new Map<PlacedTensor, EncodedTensor & { largest: number }>();
    for (const [index, piece] of this.planned.pieces.entries()) {
      const tensor = this.planned.tensors[index];
      if (tensor === undefined) continue;
      const { bytes, changedBytes, byOperation } = this.sums.get(piece)!;
      const [op, largest] = [...byOperation].reduce((a, b) => (b[1] > a[1] ? b : a));
      const before = tensors.get(tensor);
      tensors.set(tensor, {
        name: tensor.name,
        shape: tensor.shape,
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
