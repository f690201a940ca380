import type { LeafGroup } from './leaf-parts.js';
import type { BaseBytes } from './operation.js';

/** The bytes of a group's parts laid end to end; a view where there is one part alone. */
export function gatherParts({ parts, length }: LeafGroup, leaf: Uint8Array): Uint8Array {
  if (parts.length === 1) return leaf.subarray(parts[0]!.at, parts[0]!.at + length);
  const bytes = new Uint8Array(length);
  let have = 0;
  for (const part of parts) {
    bytes.set(leaf.subarray(part.at, part.at + part.length), have);
    have += part.length;
  }
  return bytes;
}

export function scatterParts({ parts }: LeafGroup, bytes: Uint8Array, leaf: Uint8Array): void {
  let have = 0;
  for (const part of parts) {
    leaf.set(bytes.subarray(have, have + part.length), part.at);
    have += part.length;
  }
}

/** The source bytes of a group's parts laid end to end, in the first bytes of `into`. */
export function gatherSource({ parts, length }: LeafGroup, base: BaseBytes, into: Uint8Array): Uint8Array {
  let have = 0;
  for (const { source, length: bytes } of parts) {
    base.read(source!.file, source!.offset, into.subarray(have, have + bytes));
    have += bytes;
  }
  return into.subarray(0, length);
}
