import { PLANES16, PLANES32 } from './numeric/planes.js';
import { QBLK_Q4_0, QBLK_Q8_0 } from './numeric/qblk.js';
import { RAW } from './numeric/raw.js';
import { T16_BF16, T16_F16 } from './numeric/t16.js';
import { T32 } from './numeric/t32.js';
import { T8 } from './numeric/t8.js';
import type { Operation } from './operation.js';
import { LORA_BF16, LORA_F16, LORA_F32 } from './predict/lora.js';
import { T16S_BF16, T16S_F16 } from './predict/t16s.js';

/** What the container itself does: the source's bytes as they are. It has no stream. */
export const COPY = { id: 0, name: 'COPY', width: 1, source: 'aligned', positional: false } as const;
/** Reads the base at addresses of its own: see `general/`. */
export const BYTES = { id: 2, name: 'BYTES', width: 1, source: 'none', positional: false } as const;

/** What the container needs to know of an operation before it runs one. */
export type OperationShape = Pick<Operation, 'id' | 'name' | 'width' | 'source' | 'positional'>;

/** delta-v1 §6: operation set 1, but for the two that are no codecs of their own. */
const CODECS = [
  RAW,
  PLANES16,
  PLANES32,
  T16_BF16,
  T16_F16,
  T32,
  T8,
  T16S_F16,
  T16S_BF16,
  LORA_BF16,
  LORA_F16,
  LORA_F32,
  QBLK_Q8_0,
  QBLK_Q4_0,
] as readonly Operation[];

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
