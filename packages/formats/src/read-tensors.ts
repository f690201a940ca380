import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { TensorTable } from '@weighbridge/core/tensor';
import type { ByteSource } from './byte-source.js';
import { ByteWindow } from './byte-window.js';
import { isGguf, readGguf } from './read-gguf.js';
import { looksLikeOnnx, readOnnx } from './read-onnx.js';
import { looksLikeSafetensors, readSafetensors } from './read-safetensors.js';
import { isTflite, readTflite } from './read-tflite.js';

type Reader = (source: ByteSource, path: string) => TensorTable;

interface Format {
  readonly extension: string;
  readonly isIt: (window: ByteWindow) => boolean;
  readonly read: Reader;
}

/** Those with a mark of their own first. */
const FORMATS: readonly Format[] = [
  { extension: '.gguf', isIt: isGguf, read: readGguf },
  { extension: '.tflite', isIt: isTflite, read: readTflite },
  { extension: '.safetensors', isIt: looksLikeSafetensors, read: readSafetensors },
  { extension: '.onnx', isIt: looksLikeOnnx, read: readOnnx },
];
const REFUSALS: readonly string[] = ['MALFORMED', 'LIMIT', 'UNSAFE_MODEL'];

/**
 * tensor-readers §1: the tensors of a file, by its content, else by its extension.
 * @returns undefined when neither tells a format that we read
 * @throws MALFORMED, LIMIT, UNSAFE_MODEL as the reader of that format
 */
export function readTensors(source: ByteSource, path: string): TensorTable | undefined {
  const window = new ByteWindow(source, path);
  const name = path.toLowerCase();
  const format = FORMATS.find(({ isIt }) => isIt(window)) ?? FORMATS.find(({ extension }) => name.endsWith(extension));
  return format?.read(source, path);
}

/** As {@link readTensors}; undefined for a file that is refused too, where its tensors save bytes and no more. */
export function tryReadTensors(source: ByteSource, path: string): TensorTable | undefined {
  try {
    return readTensors(source, path);
  } catch (error) {
    if (isWeighbridgeError(error) && REFUSALS.includes(error.code)) return undefined;
    throw error;
  }
}
