import { isWeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import { parseBundle } from './bundle.js';
import { emptyDeviceState } from './device-state.js';
import { makeWorld } from './testing/world.js';
import { decideClaim } from './verdict.js';

/** A small release on a small chain, so that all flips of its bundle are tried in seconds. */
const world = makeWorld({ files: { 'model.bin': 'weights' }, otherSlots: 0, otherAccounts: 1, headerFields: 15 });

/** The outcome of a bundle; anything but an answer or one of our errors breaks the test. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    const bundle = parseBundle(bytes);
    const decision = decideClaim({
      trust: world.trust,
      bundle,
      deviceState: emptyDeviceState(),
      hostSeconds: world.nowSeconds,
    });
    return decision.accepted ? 'OK' : decision.refusal.code;
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}

function tally(bundles: Iterable<Uint8Array>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const bytes of bundles) {
    const outcome = outcomeOf(bytes);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

function* bitFlips(bytes: Uint8Array): Generator<Uint8Array> {
  for (let position = 0; position < bytes.length; position += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[position]! ^= 1 << bit;
      yield flipped;
    }
  }
}

function* cuts(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length += 1) yield bytes.subarray(0, length);
}

describe('a bundle with any change', () => {
  it('is accepted as it is', () => expect(outcomeOf(world.bundleBytes)).toBe('OK'));

  it('is refused with any bit flipped', { timeout: 300_000 }, () => {
    const counts = tally(bitFlips(world.bundleBytes));
    const { OK: accepted = 0 } = counts;
    console.log(
      `${world.bundleBytes.length} bytes × 8 bits flipped: accepted ${accepted}, refused ${JSON.stringify(counts)}`,
    );
    expect(Object.keys(counts).sort()).toEqual(['MALFORMED', 'UNTRUSTED']);
    expect(counts.MALFORMED! + counts.UNTRUSTED!).toBe(world.bundleBytes.length * 8);
  });

  it('is refused cut off anywhere', () => {
    expect(tally(cuts(world.bundleBytes))).toEqual({ MALFORMED: world.bundleBytes.length });
  });
});
