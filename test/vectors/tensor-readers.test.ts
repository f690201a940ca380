import type { Outcome } from '@weighbridge/core/outcome';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import { readShardIndex } from '../../packages/formats/src/read-shard-index.js';
import { readTensors } from '../../packages/formats/src/read-tensors.js';
import { memorySource } from '../../packages/formats/src/testing/memory-source.js';
import { type ReadVector, readCorpus } from './runner/read-corpus.js';

const INDEX = 'model.safetensors.index.json';
const MODELS = ['model.safetensors', 'model.tflite', 'model.onnx', 'model.gguf'];

describe('tensor-readers', () => {
  it.each(readCorpus('tensor-readers').map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(
      outcomeOf(() => read(vector)),
      vector.says,
    ).toBe(vector.outcome);
  });
});

function read(vector: ReadVector): void {
  const index = vector.file(INDEX);
  if (index !== undefined) {
    readShardIndex(memorySource(index), INDEX, vector.given.files as string[]);
    return;
  }
  const name = MODELS.find((model) => vector.file(model) !== undefined)!;
  expect(readTensors(memorySource(vector.file(name)!), name)?.tensors).toEqual(vector.expected.tensors);
}

function outcomeOf(read: () => void): Outcome {
  try {
    read();
    return 'OK';
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}
