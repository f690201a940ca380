import type { ByteSource } from '../byte-source.js';

/** A file in memory that insists on the contract of a source. `sizeBytes` may claim more: only the bytes given can be read. */
export function memorySource(bytes: Uint8Array, sizeBytes = bytes.length): ByteSource {
  return {
    sizeBytes,
    read: (offset, length) => {
      if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length > 0)) {
        throw new RangeError(`a read of ${length} at ${offset}`);
      }
      if (offset + length > sizeBytes) throw new RangeError(`a read of ${length} at ${offset}, beyond ${sizeBytes}`);
      const part = bytes.slice(offset, offset + length);
      if (part.length === length) return part;
      const filled = new Uint8Array(length);
      filled.set(part);
      return filled;
    },
  };
}
