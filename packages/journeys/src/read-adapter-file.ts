import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { type AdapterPair, readAdapter } from '@weighbridge/delta/predict/read-adapter';
import { readSafetensors } from '@weighbridge/formats/read-safetensors';
import type { ReadableFile } from '@weighbridge/ports/release-folder';

/** An adapter of rank 64 of a model of 70 billion parameters is smaller; it is read into memory. */
const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * Reads a LoRA adapter in the safetensors format.
 * @param config what stands in the `adapter_config.json` beside it, if there is one
 * @throws LIMIT, MALFORMED; USAGE when it holds no factors
 */
export function readAdapterFile(file: ReadableFile, location: string, config: unknown): AdapterPair[] {
  if (file.sizeBytes > MOST_BYTES) {
    throw new WeighbridgeError('LIMIT', `${showPath(location)} has ${file.sizeBytes} bytes, more than ${MOST_BYTES}`, {
      hint: 'name the adapter alone, not the merged weights',
      details: { file: location, expected: String(MOST_BYTES), found: String(file.sizeBytes) },
    });
  }
  const read = (offset: number, length: number): Uint8Array => {
    const into = new Uint8Array(length);
    file.readInto(offset, into);
    return into;
  };
  const { tensors } = readSafetensors({ sizeBytes: file.sizeBytes, read }, location);
  const pairs = readAdapter(
    tensors.map(({ name, dtype, shape, offset, length }) => ({
      name,
      dtype: dtype.toUpperCase(),
      shape,
      bytes: read(offset, length),
    })),
    config,
  );
  if (pairs.length > 0) return pairs;
  throw new WeighbridgeError('USAGE', `${showPath(location)} holds no LoRA factors`, {
    hint: 'name a PEFT adapter (lora_A, lora_B) or a kohya one (lora_down, lora_up) in safetensors',
    details: { file: location },
  });
}
