import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { chunkCount, chunkLength, leafAt } from '@weighbridge/core/tree';
import type { FetchedFile, FetchPlace } from '@weighbridge/ports/fetch-place';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import type { ProvenBase, UpdatePackage } from '@weighbridge/ports/update-package';
import { decodePackage, type LeafAddress } from './decode-package.js';
import type { ContentDoors, OpenedContent } from './open-content.js';
import { proveBase } from './prove-base.js';
import { type ReadPackage, readPackage } from './read-package.js';

/** What may be lost in a power cut at most. */
const SYNC_EVERY_BYTES = 16 * 1024 * 1024;

/** Opens a delta package; `file` is closed with it. @throws MALFORMED, LIMIT, TAMPERED, IO */
export async function openUpdatePackage(
  doors: ContentDoors,
  file: ReadableFile,
  location: string,
): Promise<UpdatePackage> {
  try {
    return packageDoor(doors, readPackage(file, location));
  } catch (error) {
    await file.close();
    throw error;
  }
}

function packageDoor(doors: ContentDoors, pack: ReadPackage): UpdatePackage {
  const { header, table, location, file } = pack;
  return {
    location,
    packageDigest: header.packageDigest,
    base: table.base,
    target: table.target,
    bundleBytes: table.target.kind === 'release' ? table.bundle : undefined,
    targetPaths: table.targetFiles.map(({ path }) => path),
    targetBytes: table.targetFiles.reduce((sum, { size }) => sum + size, 0),
    proveBase: (folder) => proveBase(doors, folder, table.baseFiles),
    checkWhole: (base) => checkWhole(doors, pack, bytesOf(base)),
    writeTo: (place, base) => writeTo(doors, pack, place, bytesOf(base)),
    leavesOf: (path) => table.targetFiles.find((target) => target.path === path)!.leaves,
    close: () => file.close(),
  };
}

/** What `proveBase` gave, as this package knows it. */
function bytesOf(base: ProvenBase | undefined): OpenedContent['bytes'] | undefined {
  return (base as OpenedContent | undefined)?.bytes;
}

/** Decodes everything and writes nothing. */
export async function checkWhole(
  doors: ContentDoors,
  pack: ReadPackage,
  base: OpenedContent['bytes'] | undefined,
): Promise<void> {
  const all = pack.table.targetFiles.map(({ size }) => Array.from({ length: chunkCount(size) }, (_, leaf) => leaf));
  doors.progress.start('checking the package', wantedBytes(pack, all));
  try {
    await decodePackage(doors, pack, base, addresses(all), async () => {});
  } finally {
    doors.progress.stop();
  }
}

/** delta-v1 §8.2 and §8.3. */
async function writeTo(
  doors: ContentDoors,
  pack: ReadPackage,
  place: FetchPlace,
  base: OpenedContent['bytes'] | undefined,
): Promise<void> {
  const { targetFiles } = pack.table;
  const opened: FetchedFile[] = [];
  try {
    for (const { path, size } of targetFiles) opened.push(await place.open(path, size));
    const wanted = await wantedLeaves(doors, pack, opened);
    await place.requireRoom(wantedBytes(pack, wanted));
    await writeLeaves(doors, pack, base, wanted, opened);
    await requireWhole(doors, pack, opened);
  } finally {
    for (const file of opened) await file.close();
  }
}

/** The leaves that are not there yet, by file: what lies there is digested, never believed. */
async function wantedLeaves({ engine, progress, signal }: ContentDoors, pack: ReadPackage, opened: FetchedFile[]) {
  const wanted: number[][] = [];
  progress.start('looking at what is there', 0);
  for (const [index, { size, leaves }] of pack.table.targetFiles.entries()) {
    signal.throwIfAborted();
    const all = Array.from({ length: chunkCount(size) }, (_, leaf) => leaf);
    if (opened[index]!.isNew) {
      wanted.push(all);
      continue;
    }
    const found = (await engine.digestTree(opened[index]!, { signal })).leaves;
    wanted.push(all.filter((leaf) => !bytesEqual(leafAt(leaves, leaf), leafAt(found, leaf))));
  }
  progress.stop();
  return wanted;
}

async function writeLeaves(
  doors: ContentDoors,
  pack: ReadPackage,
  base: OpenedContent['bytes'] | undefined,
  wanted: readonly (readonly number[])[],
  opened: readonly FetchedFile[],
): Promise<void> {
  const unsynced = new Set<number>();
  let unsyncedBytes = 0;
  const sync = async (): Promise<void> => {
    for (const file of unsynced) await opened[file]!.sync();
    unsynced.clear();
    unsyncedBytes = 0;
  };
  doors.progress.start('applying', wantedBytes(pack, wanted));
  try {
    await decodePackage(doors, pack, base, addresses(wanted), async ({ file, leaf }, bytes) => {
      await opened[file]!.write(leaf, bytes);
      unsynced.add(file);
      unsyncedBytes += bytes.length;
      if (unsyncedBytes >= SYNC_EVERY_BYTES) await sync();
    });
    for (const file of opened) await file.sync();
  } finally {
    doors.progress.stop();
  }
}

/** Reads everything that was written once more. */
async function requireWhole(
  { engine, progress, signal }: ContentDoors,
  { table }: ReadPackage,
  opened: readonly FetchedFile[],
): Promise<void> {
  progress.start(
    'reading back',
    opened.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
  try {
    for (const [index, { path, tree }] of table.targetFiles.entries()) {
      signal.throwIfAborted();
      const onBytes = (bytes: number): void => progress.advance(bytes);
      const found = await engine.digestTree(opened[index]!, { signal, onBytes });
      if (found.tree !== tree) throw readBackOtherwise(path, tree, found.tree);
    }
  } finally {
    progress.stop();
  }
}

function readBackOtherwise(path: string, expected: string, found: string): WeighbridgeError {
  return new WeighbridgeError('IO', `${showPath(path)} reads back otherwise than it was written`, {
    hint: 'check the disk and the kernel log, then run the same command again',
    details: { file: path, expected, found },
  });
}

function* addresses(wanted: readonly (readonly number[])[]): Generator<LeafAddress> {
  for (const [file, leaves] of wanted.entries()) for (const leaf of leaves) yield { file, leaf };
}

function wantedBytes({ table }: ReadPackage, wanted: readonly (readonly number[])[]): number {
  return wanted.reduce(
    (sum, leaves, file) =>
      sum + leaves.reduce((bytes, leaf) => bytes + chunkLength(table.targetFiles[file]!.size, leaf), 0),
    0,
  );
}
