import type { Outcome } from '@weighbridge/core/outcome';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { codecOf } from '../../packages/delta/src/operations.js';
import { describe, expect, it } from 'vitest';
import { type ReadVector, readCorpus } from './runner/read-corpus.js';

describe('delta-predict', () => {
  it.each(readCorpus('delta-predict').map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(outcomeOf(vector), vector.says).toBe(vector.outcome);
  });
});

function outcomeOf(vector: ReadVector): Outcome {
  try {
    expect(decoded(vector)).toEqual(vector.file('target.bin'));
    return 'OK';
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}

function decoded({ file, given }: ReadVector): Uint8Array {
  const operation = codecOf(given.operation as number);
  const model = operation.readModel!(file('resource.bin')!);
  const out = new Uint8Array(file('target.bin')!.length);
  operation.decode(file('payload.bin')!, { source: file('source.bin')!, model, first: given.first as number }, out);
  return out;
}
