import { isWeighbridgeError } from '@weighbridge/core/errors';
import { readSlots } from '@weighbridge/journeys/slots-state';
import { FakeSlots } from '@weighbridge/ports/testing/fake-slots';
import { canonicalSlotsState } from '@weighbridge/verify/slot-state-file';
import { describe, expect, it } from 'vitest';
import { readCorpus } from './runner/read-corpus.js';

describe('slots-v1', () => {
  it.each(readCorpus('slots-v1').map((vector) => [vector.name, vector] as const))('%s', async (_, vector) => {
    const slots = new FakeSlots();
    slots.state = vector.file('state.json')!;
    const { outcome, state } = await read(slots);
    expect(outcome, vector.says).toBe(vector.outcome);
    if (state !== undefined) expect(canonicalSlotsState(state)).toEqual(new Uint8Array(slots.state));
  });
});

async function read(slots: FakeSlots) {
  try {
    return { outcome: 'OK', state: (await readSlots(slots)).state };
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return { outcome: error.code, state: undefined };
  }
}
