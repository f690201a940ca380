import type { BaseBytes } from '../../operation.js';

/** Files of a base or a target; a read beyond the end of one throws, as it must never happen. */
export function filesInMemory(...files: readonly Uint8Array[]): BaseBytes {
  return {
    sizes: files.map((file) => file.length),
    read(file, offset, into) {
      if (offset < 0 || offset + into.length > files[file]!.length) throw new RangeError(`read at ${offset}`);
      into.set(files[file]!.subarray(offset, offset + into.length));
    },
  };
}
