import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { sha3 } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkLength, leafAt } from '@weighbridge/core/tree';
import { LeafDecoder } from '@weighbridge/delta/leaf-decoder';
import { leafParts } from '@weighbridge/delta/leaf-parts';
import type { BaseBytes } from '@weighbridge/delta/operation';
import { DIGEST32_BYTES } from '@weighbridge/delta/package-table';
import type { ContentDoors } from './open-content.js';
import { openResources } from './package-resources.js';
import type { ReadPackage } from './read-package.js';

const NO_BASE: BaseBytes = { sizes: [], read: () => {} };

export interface LeafAddress {
  /** Index in the target files. */
  readonly file: number;
  readonly leaf: number;
}

/**
 * delta-v1 §5: decodes leaves one after another. A payload is compared with its digest before it is decoded, the result with the
 * leaf in the table before it is handed over.
 * @param base undefined for a full package
 * @param take gets each leaf; the bytes are the decoder's again when it settled
 * @throws TAMPERED, MALFORMED, LIMIT; what `take` throws
 */
export async function decodePackage(
  { engine, progress, signal }: ContentDoors,
  pack: ReadPackage,
  base: BaseBytes | undefined,
  wanted: Iterable<LeafAddress>,
  take: (address: LeafAddress, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const decoder = new LeafDecoder(base ?? NO_BASE, openResources(pack), pack.location);
  const buffers = [sharedChunk(), sharedChunk()];
  let handedOver: Promise<void> = Promise.resolve();
  let turn = 0;
  try {
    for (const address of wanted) {
      signal.throwIfAborted();
      const bytes = decodeLeaf(pack, decoder, address, buffers[turn]!);
      await handedOver;
      handedOver = checkLeaf(pack, address, bytes, engine).then(() => take(address, bytes));
      // The next leaf is decoded meanwhile; a failure is thrown when it is awaited.
      handedOver.catch(() => {});
      progress.advance(bytes.length);
      turn = 1 - turn;
    }
  } finally {
    await handedOver;
  }
}

/** The threads that digest see it as it is: no copy of each chunk waits to be collected. */
export function sharedChunk(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(CHUNK_BYTES));
}

function decodeLeaf(
  pack: ReadPackage,
  decoder: LeafDecoder,
  { file, leaf }: LeafAddress,
  into: Uint8Array,
): Uint8Array {
  const { path, size, pieces } = pack.table.targetFiles[file]!;
  const out = into.subarray(0, chunkLength(size, leaf));
  try {
    decoder.decode(leafParts(pieces, size, leaf), readPayload(pack, { file, leaf }), out);
  } catch (error) {
    throw error instanceof RangeError ? malformedLeaf(pack, path, leaf, error) : error;
  }
  return out;
}

function readPayload(pack: ReadPackage, { file, leaf }: LeafAddress): Uint8Array {
  const { path, payloads } = pack.table.targetFiles[file]!;
  const payload = new Uint8Array(payloads.lengths[leaf]!);
  if (payload.length === 0) return payload;
  pack.file.readInto(pack.payloadOffsets[file]![leaf]!, payload);
  const expected = payloads.digests.subarray(leaf * DIGEST32_BYTES, (leaf + 1) * DIGEST32_BYTES);
  const found = sha3(payload).subarray(0, DIGEST32_BYTES);
  if (bytesEqual(expected, found)) return payload;
  throw new WeighbridgeError(
    'TAMPERED',
    `what ${pack.location} holds for chunk ${leaf} of ${showPath(path)} is not what its table names`,
    {
      hint: 'get the package again from where it was published',
      details: { file: path, chunk: leaf, expected: toHex(expected), found: toHex(found) },
    },
  );
}

async function checkLeaf(
  { table, location }: ReadPackage,
  { file, leaf }: LeafAddress,
  bytes: Uint8Array,
  engine: ContentDoors['engine'],
): Promise<void> {
  const { path, leaves } = table.targetFiles[file]!;
  const found = await engine.digestChunk('sha3-512', bytes);
  const expected = leafAt(leaves, leaf);
  if (bytesEqual(found, expected)) return;
  throw new WeighbridgeError('TAMPERED', `${location} gives other bytes for chunk ${leaf} of ${showPath(path)}`, {
    hint: 'get the package again from where it was published, or take a full package',
    details: { file: path, chunk: leaf, expected: toHex(expected), found: toHex(found) },
  });
}

/** A decoder that stumbles over its own bounds read something that no encoder wrote. */
function malformedLeaf({ location }: ReadPackage, path: string, leaf: number, cause: RangeError): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${location} cannot be read at chunk ${leaf} of ${showPath(path)}`, {
    hint: 'get the package again from where it was published',
    details: { file: path, chunk: leaf },
    cause,
  });
}
