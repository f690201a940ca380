import { bytesEqual } from '@weighbridge/core/hex';
import { chunkCount, chunkLength, leafAt } from '@weighbridge/core/tree';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';
import type { PublishedRelease } from '@weighbridge/ports/channel';
import type { FetchedFile, FetchPlace } from '@weighbridge/ports/fetch-place';
import { checkFullDigests } from '@weighbridge/verify/file-digests';
import type { Finding } from '@weighbridge/verify/finding';
import type { ChannelFault } from './channel-fault.js';
import { type FetchChunksDoors, fetchChunks, type KnownLeaves } from './fetch-chunks.js';
import { type ChunkRun, runsOf } from './fetch-plan.js';
import { inParallel } from './in-parallel.js';

const OPEN_FILES = 4;

export interface CompletedFiles {
  readonly faults: readonly ChannelFault[];
  /** Chunks that were fetched, by file; files that were whole already are not listed. */
  readonly fetched: readonly { readonly file: ManifestFile; readonly chunks: readonly number[] }[];
}

/**
 * Makes every file of a release whole at a place: chunks that are right already stay, the others are fetched.
 * Space is asked for before the first chunk is.
 * @throws what `fetchChunks` throws; IO when there is no room
 */
export async function completeFiles(
  doors: FetchChunksDoors,
  release: PublishedRelease,
  { files }: Manifest,
  leaves: KnownLeaves,
): Promise<CompletedFiles> {
  const wanted = await wantedChunks(doors, files, leaves);
  await doors.place.requireRoom(wanted.reduce((sum, { file, chunks }) => sum + bytesOf(file, chunks), 0));
  const runs = wanted.flatMap(({ file, chunks }): ChunkRun[] => runsOf(file, chunks));
  doors.progress.start(
    'fetching',
    wanted.reduce((sum, { file, chunks }) => sum + bytesOf(file, chunks), 0),
  );
  try {
    const faults = await fetchChunks(doors, release, runs, leaves);
    return { faults, fetched: wanted.filter(({ chunks }) => chunks.length > 0) };
  } finally {
    doors.progress.stop();
  }
}

/**
 * All four digests of every file as it lies at the place now. Its leaves were compared chunk by chunk when it was written, or
 * when it was found: the tree is that of these leaves, and the whole-file digests say that they still are what lies there.
 */
export async function checkPlace(
  doors: FetchChunksDoors,
  { files }: Manifest,
  leaves: KnownLeaves,
): Promise<Finding[]> {
  const { engine, place, progress, signal } = doors;
  progress.start(
    'verifying',
    files.reduce((sum, { size }) => sum + size, 0),
  );
  try {
    const findings = await inParallel(files, OPEN_FILES, (file) =>
      withFile(place, file, async (opened) => {
        signal.throwIfAborted();
        const onBytes = (bytes: number): void => progress.advance(bytes);
        const known = leaves.get(file.tree) ?? new Uint8Array(0);
        return checkFullDigests(file, await engine.digestAll(opened, { signal, onBytes, leaves: known }));
      }),
    );
    return findings.filter((finding) => finding !== undefined);
  } finally {
    progress.stop();
  }
}

async function wantedChunks(
  doors: FetchChunksDoors,
  files: readonly ManifestFile[],
  leaves: KnownLeaves,
): Promise<{ file: ManifestFile; chunks: number[] }[]> {
  const { engine, place, progress, signal } = doors;
  progress.start(
    'looking at what is there',
    files.reduce((sum, { size }) => sum + size, 0),
  );
  const onBytes = (bytes: number): void => progress.advance(bytes);
  try {
    return await inParallel(files, OPEN_FILES, (file) =>
      withFile(place, file, async (opened) => {
        signal.throwIfAborted();
        const all = Array.from({ length: chunkCount(file.size) }, (_, index) => index);
        if (opened.isNew || all.length === 0) return { file, chunks: all };
        const found = (await engine.digestTree(opened, { signal, onBytes })).leaves;
        const expected = leaves.get(file.tree)!;
        return { file, chunks: all.filter((index) => !bytesEqual(leafAt(expected, index), leafAt(found, index))) };
      }),
    );
  } finally {
    progress.stop();
  }
}

async function withFile<T>(
  place: FetchPlace,
  { path, size }: ManifestFile,
  task: (opened: FetchedFile) => Promise<T>,
): Promise<T> {
  const opened = await place.open(path, size);
  try {
    return await task(opened);
  } finally {
    await opened.close();
  }
}

function bytesOf({ size }: ManifestFile, chunks: readonly number[]): number {
  return chunks.reduce((sum, index) => sum + chunkLength(size, index), 0);
}
