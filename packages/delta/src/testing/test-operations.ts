import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Operation } from '../operation.js';

/** Operations of every shape that the container knows, simple enough to be right: for tests of the container alone. */
export const TEST_OPERATIONS: readonly Operation[] = [
  shaped({ id: 201, name: 'ADD2', width: 2, source: 'aligned', positional: false }),
  shaped({ id: 202, name: 'KEY4', width: 4, source: 'none', positional: false, readModel }),
  shaped({ id: 203, name: 'PLACE2', width: 2, source: 'aligned', positional: true, readModel }),
  shaped({ id: 204, name: 'PLACE4', width: 4, source: 'none', positional: true, readModel }),
  shaped({ id: 205, name: 'ADD1', width: 1, source: 'aligned', positional: false, readModel }),
  {
    ...shaped({ id: 206, name: 'LONG2', width: 2, source: 'aligned', positional: false }),
    encode: twice,
    decode: halved,
  },
];

type Shape = Pick<Operation, 'id' | 'name' | 'width' | 'source' | 'positional' | 'readModel'>;

/** Each byte plus the source's, plus the model, plus a mix of the element's index where that matters. */
function shaped(shape: Shape): Operation {
  const { width, positional } = shape;
  function mix(from: Uint8Array, sign: 1 | -1, input: Parameters<Operation['encode']>[1], into: Uint8Array): void {
    const model = (input.model as number | undefined) ?? 0;
    for (let at = 0; at < from.length; at += 1) {
      const place = positional ? (input.first + Math.floor(at / width)) * 31 : 0;
      into[at] = from[at]! + sign * ((input.source[at] ?? 0) + model + place);
    }
  }
  return {
    ...shape,
    encode(target, input) {
      if (target.length % width !== 0) throw new RangeError('broken elements');
      const stream = new Uint8Array(target.length);
      mix(target, 1, input, stream);
      return stream;
    },
    decode(payload, input, out) {
      requireLength(payload, out.length);
      mix(payload, -1, input, out);
    },
  };
}

function readModel(resource: Uint8Array): number {
  requireLength(resource, 1);
  return resource[0]!;
}

function twice(target: Uint8Array): Uint8Array {
  return new Uint8Array(2 * target.length);
}

function halved(): void {
  throw new RangeError('what costs more than its bytes is never written');
}

function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new WeighbridgeError('MALFORMED', 'another length', { hint: 'this is a test' });
}
