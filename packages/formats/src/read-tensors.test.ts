import { WeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import { readTensors, tryReadTensors } from './read-tensors.js';
import { buildGguf } from './testing/build-gguf.js';
import { initializer, onnxModel } from './testing/build-onnx.js';
import { buildSafetensors } from './testing/build-safetensors.js';
import { buildTflite } from './testing/build-tflite.js';
import { memorySource } from './testing/memory-source.js';

const W = { dtype: 'U8', shape: [4], data_offsets: [0, 4] };
const FILES: Readonly<Record<string, Uint8Array>> = {
  safetensors: buildSafetensors({ w: W }, 4),
  tflite: buildTflite([[{ name: 'w', shape: [1], buffer: 1 }]], [new Uint8Array(4)]),
  onnx: onnxModel([initializer({ dims: [1], raw: new Uint8Array(4) })]),
  gguf: buildGguf({ tensors: [{ name: 'w', dims: [1], type: 0, offset: 0 }], data: 4 }),
};
const formats = Object.entries(FILES);
/** Tensors are cut; a flatbuffer ends in padding. */
const bad = (format: string, bytes: Uint8Array) => bytes.subarray(0, bytes.length - (format === 'tflite' ? 18 : 2));

describe('the content tells the format', () => {
  it.each(formats)('%s, whatever the file is called', (format, bytes) => {
    for (const path of ['a/model.bin', 'model', `model.${format}`, 'model.onnx', 'model.gguf', 'MODEL.SAFETENSORS']) {
      expect(readTensors(memorySource(bytes), path)).toMatchObject({ format, tensors: [{ length: 4 }] });
    }
  });

  it.each(formats)('a bad %s is refused, whatever it is called', (format, bytes) => {
    expect(() => readTensors(memorySource(bad(format, bytes)), 'model.bin')).toThrow(
      expect.objectContaining({ code: 'MALFORMED' }),
    );
    expect(tryReadTensors(memorySource(bad(format, bytes)), 'model.bin')).toBeUndefined();
  });
});

describe('else the extension does', () => {
  it.each(formats)('.%s', (format) => {
    const text = memorySource(new Uint8Array(Buffer.from('version https://example.com/spec/v1\n')));
    for (const path of [`a/model.${format}`, `MODEL.${format.toUpperCase()}`]) {
      expect(() => readTensors(text, path)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
      expect(tryReadTensors(text, path)).toBeUndefined();
    }
  });
});

it.each([0, 1, 2, 3, 4, 7, 8, 9, 100])('%i bytes of nothing that we read', (length) => {
  expect(readTensors(memorySource(new Uint8Array(length)), 'config.json')).toBeUndefined();
  expect(readTensors(memorySource(new Uint8Array(length).fill(0x7b)), 'onnx')).toBeUndefined();
});

it('a disk that fails is no reason to go on', () => {
  const read = () => {
    throw new WeighbridgeError('IO', 'the disk is gone', { hint: '-' });
  };
  const source = { sizeBytes: 100, read };
  expect(() => tryReadTensors(source, 'model.gguf')).toThrow(expect.objectContaining({ code: 'IO' }));
});
