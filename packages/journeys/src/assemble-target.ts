import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { CHUNK_BYTES, chunkLength, leafAt } from '@weighbridge/core/tree';
import type { BaseBytes } from '@weighbridge/delta/operation';
import type { FetchedFile, FetchPlace } from '@weighbridge/ports/fetch-place';
import { decodePackage, sharedChunk } from './decode-package.js';
import { allLeaves, leafAddresses, leafBytes, type LeavesByFile } from './leaf-addresses.js';
import type { ContentDoors } from './open-content.js';
import type { ReadPackage } from './read-package.js';

/** What may be lost in a power cut at most. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024;

/** A leaf that was written, and what it must read back as. */
interface WrittenLeaf {
  readonly file: number;
  readonly leaf: number;
  /** SHA-256, a seventh of the CPU of SHA3-512: the leaf itself was compared with the table before it was written. */
  readonly sha256: Uint8Array;
}

/**
 * delta-v1 §8.2 and §8.3: writes the leaves that are not there yet, then reads back what was written.
 * @throws TAMPERED, MALFORMED, LIMIT, IO
 */
export async function assembleTarget(
  doors: ContentDoors,
  pack: ReadPackage,
  place: FetchPlace,
  base: BaseBytes | undefined,
): Promise<void> {
  const opened: FetchedFile[] = [];
  try {
    for (const { path, size } of pack.table.targetFiles) opened.push(await place.open(path, size));
    const wanted = await wantedLeaves(doors, pack, opened);
    await place.requireRoom(leafBytes(pack, wanted));
    const written = await writeLeaves(doors, pack, base, wanted, opened);
    await readBack(doors, pack, written, opened);
  } finally {
    for (const file of opened) await file.close();
  }
}

/** What lies there already is digested, never believed. */
async function wantedLeaves(
  { engine, progress, signal }: ContentDoors,
  pack: ReadPackage,
  opened: readonly FetchedFile[],
): Promise<LeavesByFile> {
  const wanted = allLeaves(pack);
  progress.start('looking at what is there', 0);
  for (const [index, { leaves }] of pack.table.targetFiles.entries()) {
    signal.throwIfAborted();
    if (opened[index]!.isNew) continue;
    const found = (await engine.digestTree(opened[index]!, { signal })).leaves;
    wanted[index] = wanted[index]!.filter((leaf) => !bytesEqual(leafAt(leaves, leaf), leafAt(found, leaf)));
  }
  progress.stop();
  return wanted;
}

async function writeLeaves(
  doors: ContentDoors,
  pack: ReadPackage,
  base: BaseBytes | undefined,
  wanted: LeavesByFile,
  opened: readonly FetchedFile[],
): Promise<WrittenLeaf[]> {
  const written: WrittenLeaf[] = [];
  const unsynced = new Set<number>();
  let unsyncedBytes = 0;
  doors.progress.start('applying', leafBytes(pack, wanted));
  try {
    await decodePackage(doors, pack, base, leafAddresses(wanted), async ({ file, leaf }, bytes) => {
      const [sha256] = await Promise.all([doors.engine.digestChunk('sha256', bytes), opened[file]!.write(leaf, bytes)]);
      written.push({ file, leaf, sha256 });
      unsynced.add(file);
      unsyncedBytes += bytes.length;
      if (unsyncedBytes < SYNC_EVERY_BYTES) return;
      for (const index of unsynced) await opened[index]!.sync();
      unsynced.clear();
      unsyncedBytes = 0;
    });
    for (const file of opened) await file.sync();
    return written;
  } finally {
    doors.progress.stop();
  }
}

async function readBack(
  { engine, progress, signal }: ContentDoors,
  { table }: ReadPackage,
  written: readonly WrittenLeaf[],
  opened: readonly FetchedFile[],
): Promise<void> {
  const buffer = sharedChunk();
  progress.start('reading back', written.length * CHUNK_BYTES);
  try {
    for (const { file, leaf, sha256 } of written) {
      signal.throwIfAborted();
      const { path, size } = table.targetFiles[file]!;
      const bytes = buffer.subarray(0, chunkLength(size, leaf));
      opened[file]!.readInto(leaf * CHUNK_BYTES, bytes);
      const found = await engine.digestChunk('sha256', bytes);
      if (!bytesEqual(found, sha256)) throw readBackOtherwise(path, leaf, sha256, found);
      progress.advance(bytes.length);
    }
  } finally {
    progress.stop();
  }
}

function readBackOtherwise(path: string, chunk: number, expected: Uint8Array, found: Uint8Array): WeighbridgeError {
  return new WeighbridgeError('IO', `chunk ${chunk} of ${showPath(path)} reads back otherwise than it was written`, {
    hint: 'check the disk and the kernel log, then run the same command again',
    details: { file: path, chunk, expected: toHex(expected), found: toHex(found) },
  });
}
