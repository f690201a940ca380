import { RAW } from './numeric/raw.js';
import { T16_BF16, T16_F16 } from './numeric/t16.js';
import type { Operation } from './operation.js';

/** What the container itself does: the source's bytes as they are. It has no stream. */
export const COPY = { id: 0, name: 'COPY', width: 1, source: 'aligned', positional: false } as const;
/** Reads the base at addresses of its own: see `general/`. */
export const BYTES = { id: 2, name: 'BYTES', width: 1, source: 'none', positional: false } as const;
/** What writes bytes that nothing better is known for. */
export const GENERAL_ID = 1;

/** What the container needs to know of an operation before it runs one. */
export type OperationShape = Pick<Operation, 'id' | 'name' | 'width' | 'source' | 'positional'>;

/** delta-v1 §6: operation set 1, but for the two that are no codecs of their own. */
const CODECS: readonly Operation[] = [RAW, T16_BF16, T16_F16].map((codec) => codec as Operation);

const SHAPES = new Map<number, OperationShape>([COPY, BYTES, ...CODECS].map((operation) => [operation.id, operation]));
const BY_ID = new Map(CODECS.map((operation) => [operation.id, operation]));

/** Undefined for an id that nobody has. */
export function operationOf(id: number): OperationShape | undefined {
  return SHAPES.get(id);
}

/** @param id of an operation that has a codec: any known one but COPY and BYTES */
export function codecOf(id: number): Operation {
  const codec = BY_ID.get(id);
  if (codec === undefined) throw new RangeError(`operation ${id} has no codec`);
  return codec;
}

export function codecIds(): ReadonlySet<number> {
  return new Set(BY_ID.keys());
}
