import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { makeProcessFolder } from '@weighbridge/durable-files/process-folder';
import { openApplyPlace } from '@weighbridge/files-local/local-apply-place';
import { openPackageDraft } from '@weighbridge/files-local/local-package-draft';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import type { PackageDraft } from '@weighbridge/ports/package-draft';
import type { ReadableFile, ReleaseFolder } from '@weighbridge/ports/release-folder';
import { type DeltaRecord, writeRecord } from './delta-record.js';

/** Where one package is built; nobody else looks there. */
export interface DeltaBench {
  /** Where a side is put together. @throws IO */
  place(side: 'base' | 'target'): Promise<FetchPlace>;
  openFolder(location: string): Promise<ReleaseFolder>;
  draft(): Promise<PackageDraft>;
  /** The package that the draft published, still nameless to others. */
  openBuilt(): Promise<ReadableFile>;
  /** Puts it and its record onto the shelf, durably; what was there under the digest is replaced. @throws IO */
  keep(record: DeltaRecord): Promise<void>;
  /** Removes all that was left. Never throws. */
  remove(): Promise<void>;
}

export const PACKAGE_SUFFIX = '.wbdelta';
const BUILT = 'package';

/** @param folder of the shelf: the same file system, so that a package appears at once */
export async function openDeltaBench(folder: string, signal: AbortSignal): Promise<DeltaBench> {
  await makeFolderDurably(folder, 0o700);
  const own = await makeProcessFolder(join(folder, 'work'));
  const built = join(own.path, BUILT);
  return {
    place: (side) => openApplyPlace(join(own.path, side), [], { timeoutMs: 0, signal }),
    openFolder: openReleaseFolder,
    draft: () => openPackageDraft(built),
    openBuilt: async () => (await openReleaseFolder(own.path)).open(BUILT),
    keep: async (record) => {
      await putRecord(folder, record);
      await appear(built, folder, record.packageDigest);
    },
    remove: () => own.remove(),
  };
}

/** Replaces the record of a package. @throws IO */
export async function putRecord(folder: string, record: DeltaRecord): Promise<void> {
  await writeDurably(join(folder, `${record.packageDigest}.json`), writeRecord(record), { mode: 0o600 });
}

/** The package comes last: one without a record is none. */
async function appear(built: string, folder: string, packageDigest: Digest): Promise<void> {
  const path = join(folder, `${packageDigest}${PACKAGE_SUFFIX}`);
  try {
    await rename(built, path);
    await syncFolder(folder);
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}
