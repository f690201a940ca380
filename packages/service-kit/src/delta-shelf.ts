import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { isDigest } from '@weighbridge/core/hex';
import { removeDurably } from '@weighbridge/durable-files/durable-remove';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import type { ReadableFile, ReleaseFolder } from '@weighbridge/ports/release-folder';
import { type DeltaBench, openDeltaBench, PACKAGE_SUFFIX, putRecord } from './delta-bench.js';
import { type DeltaRecord, RECORD_MAX_BYTES, readRecord } from './delta-record.js';
import { createDigestShelf, type DigestShelf, readBounded } from './digest-shelf.js';

/** The delta packages of a home folder, each under its package digest, and what the services that build them share. */
export interface DeltaShelf {
  /** Bundles of targets that wait to be put into packages. */
  readonly bundles: DigestShelf;
  /** What packages would come to, as JSON. */
  readonly plans: DigestShelf;
  /** A place of this process alone to build one package at. @throws IO */
  openBench(signal: AbortSignal): Promise<DeltaBench>;
  /** Digests of all packages, sorted. @throws IO */
  list(): Promise<Digest[]>;
  /** What was kept of a package; undefined when it or its record is not here. @throws IO */
  record(packageDigest: Digest): Promise<DeltaRecord | undefined>;
  /** Replaces what is kept of a package that is here. @throws IO */
  putRecord(record: DeltaRecord): Promise<void>;
  /** @throws TAMPERED when something that is no regular file has its name; IO */
  open(packageDigest: Digest): Promise<ReadableFile>;
  /** The package as a folder of one file, `<package digest>.wbdelta`. */
  openAsFolder(packageDigest: Digest): Promise<ReleaseFolder>;
  remove(packageDigest: Digest): Promise<void>;
}

/** @param folder made by the first that writes */
export function createDeltaShelf(folder: string): DeltaShelf {
  const names = async (): Promise<string[]> => {
    try {
      return await readdir(folder);
    } catch (cause) {
      if (saysAbsent(cause)) return [];
      throw asIoError('list', folder, cause);
    }
  };
  return {
    bundles: createDigestShelf(join(folder, 'bundles')),
    plans: createDigestShelf(join(folder, 'plans')),
    openBench: (signal) => openDeltaBench(folder, signal),
    async list() {
      const found = (await names()).filter((name) => name.endsWith(PACKAGE_SUFFIX));
      return found
        .map((name) => name.slice(0, -PACKAGE_SUFFIX.length))
        .filter(isDigest)
        .sort();
    },
    async record(packageDigest) {
      if (!(await names()).includes(`${packageDigest}${PACKAGE_SUFFIX}`)) return undefined;
      const bytes = await readBounded(join(folder, `${packageDigest}.json`), RECORD_MAX_BYTES);
      return bytes === undefined ? undefined : readRecord(bytes, packageDigest);
    },
    open: async (packageDigest) => (await openReleaseFolder(folder)).open(`${packageDigest}${PACKAGE_SUFFIX}`),
    putRecord: (record) => putRecord(folder, record),
    openAsFolder: (packageDigest) => openReleaseFolder(join(folder, `${packageDigest}${PACKAGE_SUFFIX}`)),
    async remove(packageDigest) {
      await removeDurably(join(folder, `${packageDigest}${PACKAGE_SUFFIX}`));
      await removeDurably(join(folder, `${packageDigest}.json`));
    },
  };
}
