import type { ModelName, Version } from '@weighbridge/core/brands';
import { keccak256, keccakText } from './keccak256.js';
import { numberOf, wordOf } from './words.js';

/** bundle-v1 §5.3: where the registry keeps its mappings of releases and of models. */
const RELEASES_SLOT = 0;
const MODELS_SLOT = 1;

/** Storage slots of a release and its model, 32 bytes each. */
export interface ReleaseSlots {
  readonly meta: Uint8Array;
  readonly digestHigh: Uint8Array;
  readonly digestLow: Uint8Array;
  readonly model: Uint8Array;
}

/** bundle-v1 §5.3: the four slots that a proof is about; they follow from the names alone. */
export function releaseSlots(model: ModelName, version: Version): ReleaseSlots {
  const meta = mappingSlot(`${model}@${version}`, RELEASES_SLOT);
  return {
    meta,
    digestHigh: slotAfter(meta, 1n),
    digestLow: slotAfter(meta, 2n),
    model: mappingSlot(model, MODELS_SLOT),
  };
}

/** Fields of the meta slot, from the lowest bit. */
export const META_FIELDS = {
  publisher: 160n,
  versionCode: 53n,
  status: 3n,
  reason: 3n,
  approvals: 32n,
  thresholdLessOne: 5n,
} as const;

/** Fields of the model slot, from the lowest bit; the rest is zero. */
export const MODEL_FIELDS = { latest: 64n, latestApproved: 64n, minAllowed: 64n } as const;

/** Cuts a slot into its fields. What lies above the last one comes back as `rest`. */
export function unpack<Name extends string>(
  slot: bigint,
  fields: Readonly<Record<Name, bigint>>,
): Record<Name | 'rest', bigint> {
  const values: Record<string, bigint> = {};
  let rest = slot;
  for (const [name, bits] of Object.entries<bigint>(fields)) {
    values[name] = rest & ((1n << bits) - 1n);
    rest >>= bits;
  }
  return { ...values, rest } as Record<Name | 'rest', bigint>;
}

function mappingSlot(key: string, slot: number): Uint8Array {
  return keccak256(keccakText(key), wordOf(slot));
}

function slotAfter(slot: Uint8Array, steps: bigint): Uint8Array {
  return wordOf(BigInt.asUintN(256, numberOf(slot) + steps));
}
