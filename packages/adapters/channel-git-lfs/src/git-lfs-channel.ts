import { join } from 'node:path';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { sha3Digest } from '@weighbridge/core/sha3';
import { chunkCount, LEAF_BYTES } from '@weighbridge/core/tree';
import { MANIFEST_MAX_BYTES, type ManifestFile } from '@weighbridge/manifest/manifest';
import type { Channel, ChannelReceipt, PublishedRelease } from '@weighbridge/ports/channel';
import { GitLfsPublication } from './git-lfs-publication.js';
import { measureRepositories } from './repository-list.js';
import { leavesPath, MANIFEST_PATH, repositoryPath, tagRef } from './repository-layout.js';
import { readStored } from './stored-weights.js';
import { damaged, readTagged, resolveObject } from './tagged-tree.js';
import { createWaitingFiles } from './waiting-files.js';

export interface GitLfsChannelOptions {
  /** `git/` of a home folder; made by the first publication. */
  readonly folder: string;
  readonly engine: Pick<DigestEngine, 'digestWhole'>;
}

/** No namespace begins with a dot. */
const WAITING = '.waiting';

/** The embedded Git LFS channel: a bare repository with its LFS store for each model, a tag for each version. */
export function createGitLfsChannel({ folder, engine }: GitLfsChannelOptions): Channel {
  const repositoryOf = (release: PublishedRelease): string => repositoryPath(folder, release.ref);
  return {
    name: 'git-lfs',
    location: folder,
    async publish(ref) {
      return new GitLfsPublication(ref, { folder, waiting: await createWaitingFiles(join(folder, WAITING)), engine });
    },
    receipt: (release, signal) => findReceipt(repositoryOf(release), release, signal),
    manifest: (release, signal) => readManifest(repositoryOf(release), release, signal),
    leaves: (release, file, signal) => readLeaves(repositoryOf(release), release, file, signal),
    open: (release, file, offsetBytes, signal) =>
      readStored(repositoryOf(release), release.ref, file, offsetBytes, signal),
    async probe(signal) {
      signal?.throwIfAborted();
      return { location: folder, ...(await measureRepositories(folder, signal)) };
    },
    async close() {},
  };
}

/** The tagged commit, if the manifest in it is the release's. */
export async function findReceipt(
  repository: string,
  release: PublishedRelease,
  signal?: AbortSignal,
): Promise<ChannelReceipt | undefined> {
  const { ref, releaseDigest } = release;
  signal?.throwIfAborted();
  const root = await resolveObject(repository, `${tagRef(ref)}^{commit}`, signal);
  if (root === undefined) return undefined;
  try {
    if (sha3Digest(await readManifest(repository, release, signal)) !== releaseDigest) return undefined;
  } catch (error) {
    // A tag without a manifest is somebody else's.
    if (isWeighbridgeError(error) && error.code === 'UNVERIFIABLE') return undefined;
    throw error;
  }
  return { channel: 'git-lfs', ref, releaseDigest, root };
}

export async function readManifest(
  repository: string,
  { ref }: PublishedRelease,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  return readTagged(repository, ref, MANIFEST_PATH, MANIFEST_MAX_BYTES, signal);
}

export async function readLeaves(
  repository: string,
  { ref }: PublishedRelease,
  file: ManifestFile,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  signal?.throwIfAborted();
  const expectedBytes = chunkCount(file.size) * LEAF_BYTES;
  const leaves = await readTagged(repository, ref, leavesPath(file), expectedBytes, signal);
  if (leaves.length === expectedBytes) return leaves;
  throw damaged(repository, leavesPath(file), `has ${leaves.length} bytes instead of ${expectedBytes}`);
}
