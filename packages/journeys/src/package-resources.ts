import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { sha3 } from '@weighbridge/core/sha3';
import type { ModelOf } from '@weighbridge/delta/leaf-decoder';
import { codecOf } from '@weighbridge/delta/operations';
import { DIGEST32_BYTES } from '@weighbridge/delta/package-table';
import type { ReadPackage } from './read-package.js';

/** Models of resources that are kept, as large as they are in memory; beyond it the oldest are read again when they are wanted. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Reads the resources of a package when they are first wanted (delta-v1 §3). @throws TAMPERED, MALFORMED, LIMIT, from the result */
export function openResources(pack: ReadPackage): ModelOf {
  const kept = new Map<number, { readonly model: unknown; readonly bytes: number }>();
  let keptBytes = 0;
  return (index) => {
    const known = kept.get(index);
    if (known !== undefined) return known.model;
    const bytes = readResource(pack, index);
    const model = readModel(pack, index, bytes);
    const size = bytes.length + sizeOf(model);
    kept.set(index, { model, bytes: size });
    keptBytes += size;
    for (const [oldest, entry] of kept) {
      if (keptBytes <= KEPT_BYTES || oldest === index) break;
      kept.delete(oldest);
      keptBytes -= entry.bytes;
    }
    return model;
  };
}

/** Bytes of the arrays in a model: a resource of a few bytes may unfold to millions of numbers. */
function sizeOf(model: unknown): number {
  if (ArrayBuffer.isView(model)) return model.byteLength;
  if (typeof model !== 'object' || model === null) return 0;
  return Object.values(model).reduce<number>((sum, member) => sum + sizeOf(member), 0);
}

function readModel({ table }: ReadPackage, index: number, bytes: Uint8Array): unknown {
  return codecOf(table.resources[index]!.operation).readModel!(bytes);
}

function readResource({ file, table, resourceOffsets, location }: ReadPackage, index: number): Uint8Array {
  const { length, digest32 } = table.resources[index]!;
  const bytes = new Uint8Array(length);
  file.readInto(resourceOffsets[index]!, bytes);
  const found = sha3(bytes).subarray(0, DIGEST32_BYTES);
  if (bytesEqual(found, digest32)) return bytes;
  throw new WeighbridgeError('TAMPERED', `a resource of ${location} is not the one that its table names`, {
    hint: 'get the package again from where it was published',
    details: { file: location, expected: toHex(digest32), found: toHex(found) },
  });
}
