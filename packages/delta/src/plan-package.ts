import { RAW_ID } from './leaf-parts.js';
import type { BaseBytes } from './operation.js';
import { NO_RESOURCE, type Piece } from './package-table.js';
import type { TensorTable } from '@weighbridge/core/tensor';

/** One side of a delta. */
export interface Side {
  readonly files: readonly { readonly path: string; readonly tensors: TensorTable | undefined }[];
  /** Numbers the files as `files` does. */
  readonly bytes: BaseBytes;
}

export interface PlannedFile {
  /** Cover the file. */
  readonly pieces: readonly Piece[];
  /** For each piece the tensor that it belongs to, or the empty string. */
  readonly names: readonly string[];
}

export interface PackagePlan {
  readonly files: readonly PlannedFile[];
  readonly resources: readonly { readonly operation: number; readonly bytes: Uint8Array }[];
}

/** How each part of the target is to be written. @param base undefined for a full package */
export async function planPackage(target: Side, _base: Side | undefined): Promise<PackagePlan> {
  const files = target.bytes.sizes.map((size): PlannedFile => {
    const piece = { operation: RAW_ID, start: 0, length: size, source: undefined, resource: NO_RESOURCE };
    return size === 0 ? { pieces: [], names: [] } : { pieces: [piece], names: [''] };
  });
  return { files, resources: [] };
}
