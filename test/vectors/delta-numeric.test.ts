import type { Outcome } from '@weighbridge/core/outcome';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { codecOf } from '../../packages/delta/src/operations.js';
import { describe, expect, it } from 'vitest';
import { type ReadVector, readCorpus } from './runner/read-corpus.js';

describe('delta-numeric', () => {
  it.each(readCorpus('delta-numeric').map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
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

function decoded(vector: ReadVector): Uint8Array {
  const operation = codecOf(vector.given.operation as number);
  const resource = vector.file('resource.bin');
  const model = resource === undefined ? undefined : operation.readModel!(resource);
  const out = new Uint8Array(vector.file('target.bin')!.length);
  operation.decode(vector.file('payload.bin')!, { source: vector.file('source.bin')!, model, first: 0 }, out);
  return out;
}
