import type { TensorTable } from '@weighbridge/core/tensor';
import type { Side } from '@weighbridge/delta/plan/side';
import { tryReadTensors } from '@weighbridge/formats/read-tensors';
import type { OpenedContent } from './open-content.js';

/** The tensors of each file, as far as a reader knows its format: what none covers is only written in a more general way. */
export function readSide({ files, bytes }: OpenedContent): Side {
  return { files: files.map(({ path }, file) => ({ path, tensors: readFile(bytes, file, path) })), bytes };
}

function readFile(bytes: OpenedContent['bytes'], file: number, path: string): TensorTable | undefined {
  const read = (offset: number, length: number): Uint8Array => {
    const into = new Uint8Array(length);
    bytes.read(file, offset, into);
    return into;
  };
  return tryReadTensors({ sizeBytes: bytes.sizes[file]!, read }, path);
}
