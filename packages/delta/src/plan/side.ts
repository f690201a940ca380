import type { Tensor, TensorTable } from '@weighbridge/core/tensor';
import type { BaseBytes } from '../operation.js';

/** One side of a delta: its bytes, and the tensors in them as far as a reader knew the format. */
export interface Side {
  readonly files: readonly { readonly path: string; readonly tensors: TensorTable | undefined }[];
  /** Numbers the files as `files` does. */
  readonly bytes: BaseBytes;
}

/** A tensor of one side. */
export interface PlacedTensor extends Tensor {
  /** Index of its file. */
  readonly file: number;
}

export function placedTensors({ files }: Side): PlacedTensor[] {
  return files.flatMap(({ tensors }, file) => (tensors?.tensors ?? []).map((tensor) => ({ ...tensor, file })));
}

/** Some of the bytes of a tensor. @param offset within the tensor */
export function readTensor({ bytes }: Side, tensor: PlacedTensor, offset: number, length: number): Uint8Array {
  const into = new Uint8Array(length);
  bytes.read(tensor.file, tensor.offset + offset, into);
  return into;
}
