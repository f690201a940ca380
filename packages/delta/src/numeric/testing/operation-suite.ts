import { createHash } from 'node:crypto';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { describe, expect, it } from 'vitest';
import type { LeafInput, Operation } from '../../operation.js';
import { PseudoRandom } from './pseudo-random.js';

export interface Pair {
  readonly source: Uint8Array;
  readonly target: Uint8Array;
  /** Resource that the operation reads. */
  readonly resource?: Uint8Array;
}

/** What every operation of delta-v1-numeric keeps. `golden` are the first 32 hex digits of the payloads' SHA-256. */
export function behavesLikeAnOperation<Model>(
  operation: Operation<Model>,
  pairs: Readonly<Record<string, () => Pair>>,
  golden: Readonly<Record<string, string>>,
): void {
  describe(`${operation.name}, as an operation`, () => {
    it.each(Object.keys(pairs))('comes back: %s', (name) => {
      const pair = pairs[name]!();
      expect(Buffer.compare(decoded(operation, payloadOf(operation, pair), pair), pair.target)).toBe(0);
    });

    it.each(Object.keys(golden))('writes the same payload on every machine: %s', (name) => {
      const payload = payloadOf(operation, pairs[name]!());
      expect(createHash('sha256').update(payload).digest('hex').slice(0, 32)).toBe(golden[name]);
    });

    it.each(Object.keys(pairs))('does not mind where the bytes lie: %s', (name) => {
      const pair = pairs[name]!();
      const moved = { ...pair, source: shifted(pair.source), target: shifted(pair.target) };
      const payload = payloadOf(operation, moved);
      expect(Buffer.compare(payload, payloadOf(operation, pair))).toBe(0);
      const out = shifted(new Uint8Array(pair.target.length));
      operation.decode(shifted(payload), inputOf(operation, moved), out);
      expect(Buffer.compare(out, pair.target)).toBe(0);
    });

    it('refuses payloads cut short or drawn out', () => {
      for (const pair of small(operation, pairs)) {
        const payload = payloadOf(operation, pair);
        for (let length = 0; length < payload.length; length++) {
          expect(outcome(operation, payload.subarray(0, length), pair)).toBe('MALFORMED');
        }
        expect(outcome(operation, Uint8Array.of(...payload, 0), pair)).toBe('MALFORMED');
      }
    });

    it('meets damage with a refusal or wrong values, never with another error', () => {
      for (const pair of small(operation, pairs)) {
        const payload = payloadOf(operation, pair);
        for (let at = 0; at < payload.length; at++) {
          for (const flip of [1, 0xff]) {
            const damaged = payload.slice();
            damaged[at]! ^= flip;
            expect(['MALFORMED', 'decoded']).toContain(outcome(operation, damaged, pair));
          }
        }
      }
    });

    it('meets noise with a refusal or wrong values, never with another error', () => {
      const random = new PseudoRandom(7);
      for (const pair of small(operation, pairs)) {
        for (let i = 0; i < 100; i++) {
          const noise = random.bytes(random.integer(80));
          // As if it were a single block, so that more than the head is read.
          if (noise.length > 7) noise.set([i % 6, pair.target.length / operation.width, 0, 0, noise.length - 7, 0, 0]);
          expect(['MALFORMED', 'decoded']).toContain(outcome(operation, noise, pair));
        }
      }
    });
  });
}

export function inputOf<Model>(operation: Operation<Model>, { source, resource }: Pair): LeafInput<Model> {
  return { source, model: resource === undefined ? undefined : operation.readModel!(resource), first: 0 };
}

export function payloadOf<Model>(operation: Operation<Model>, pair: Pair): Uint8Array {
  return operation.encode(pair.target, inputOf(operation, pair));
}

export function decoded<Model>(operation: Operation<Model>, payload: Uint8Array, pair: Pair): Uint8Array {
  const out = new Uint8Array(pair.target.length).fill(0xa5);
  operation.decode(payload, inputOf(operation, pair), out);
  return out;
}

function outcome<Model>(operation: Operation<Model>, payload: Uint8Array, pair: Pair): string {
  try {
    decoded(operation, payload, pair);
    return 'decoded';
  } catch (error) {
    if (isWeighbridgeError(error)) return error.code;
    throw error;
  }
}

/** Each pair's first 40 elements, and all of it where that is less: damage at every byte takes as many decodes. */
function small<Model>(operation: Operation<Model>, pairs: Readonly<Record<string, () => Pair>>): Pair[] {
  return Object.values(pairs).map((make) => {
    const pair = make();
    const length = Math.min(pair.target.length, 40 * operation.width);
    return { ...pair, source: pair.source.subarray(0, length), target: pair.target.subarray(0, length) };
  });
}

function shifted(bytes: Uint8Array): Uint8Array {
  const moved = new Uint8Array(bytes.length + 1).subarray(1);
  moved.set(bytes);
  return moved;
}
