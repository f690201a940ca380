import type { Outcome } from '@weighbridge/core/outcome';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import { decodeBytes } from '../../packages/delta/src/general/decode-bytes.js';
import { filesInMemory } from '../../packages/delta/src/general/testing/files-in-memory.js';
import { type ReadVector, readCorpus } from './runner/read-corpus.js';

describe('delta-general', () => {
  it.each(readCorpus('delta-general').map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    expect(outcomeOf(vector), vector.says).toBe(vector.outcome);
  });
});

function outcomeOf(vector: ReadVector): Outcome {
  const target = vector.file('target.bin')!;
  const out = new Uint8Array(target.length);
  const base = filesInMemory(...[0, 1, 2].map((file) => vector.file(`base-${file}.bin`)!));
  try {
    decodeBytes(vector.file('payload.bin')!, base, out);
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
  expect(Buffer.from(out).toString('latin1')).toBe(Buffer.from(target).toString('latin1'));
  return 'OK';
}
