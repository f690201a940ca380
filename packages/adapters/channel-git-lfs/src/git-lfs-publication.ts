import { rm } from 'node:fs/promises';
import type { RelativePath } from '@weighbridge/core/brands';
import type { DigestEngine, FullDigests } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { showPath } from '@weighbridge/core/paths';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type {
  ChannelReceipt,
  CompleteOptions,
  FileSink,
  Publication,
  ReleaseToPublish,
} from '@weighbridge/ports/channel';
import { makeRepository } from './bare-repository.js';
import { firstBadBlob } from './blob-batch.js';
import { removeCorrupt } from './corrupt-objects.js';
import { GitExit, runGit } from './git-command.js';
import { inTurn } from './in-turn.js';
import { adoptObject } from './lfs-objects.js';
import { lfsPointer } from './lfs-pointer-text.js';
import { commitTree, syncObjectFolders, tagCommit } from './release-commit.js';
import { PrivateIndex, sha256Hex, type TreeBlob, type TreeFile, writeBlobs } from './release-tree.js';
import {
  ATTRIBUTES_PATH,
  DEFAULT_ATTRIBUTES,
  leavesPath,
  looseObjectPath,
  MANIFEST_PATH,
  METADATA_ATTRIBUTES,
  METADATA_ATTRIBUTES_PATH,
  repositoryPath,
  tagRef,
} from './repository-layout.js';
import { damaged, looseKind, resolveObject } from './tagged-tree.js';
import type { WaitingFiles } from './waiting-files.js';

export interface PublicationDoors {
  /** Folder of all repositories. */
  readonly folder: string;
  readonly waiting: WaitingFiles;
  readonly engine: Pick<DigestEngine, 'digestWhole'>;
}

interface TakenFile {
  readonly source: string;
  readonly sizeBytes: number;
}

/** What is corrupt comes to light one after another: commit, tree, tree below. */
const MOST_TRIES = 8;
/** How old the folder of an object may be to have been written by this publication, for clocks that tick coarsely. */
const CLOCK_TICK_MS = 2000;

/**
 * One release on its way into its model's repository. Its files wait outside it until `complete`: which of them become
 * objects of Git LFS is told by the release's own `.gitattributes`, which may come last.
 */
export class GitLfsPublication implements Publication {
  private readonly files = new Map<RelativePath, TakenFile>();
  private readonly repository: string;

  constructor(
    private readonly ref: ReleaseRef,
    private readonly doors: PublicationDoors,
  ) {
    this.repository = repositoryPath(doors.folder, ref);
  }

  async add(path: RelativePath, sizeBytes: number): Promise<FileSink> {
    const file = await this.doors.waiting.newFile();
    return {
      async write(bytes) {
        if (file.writtenBytes + bytes.length > sizeBytes) throw tookOthers(path);
        await file.write(bytes);
      },
      finish: async (digests: FullDigests) => {
        await file.finish();
        if (file.writtenBytes !== digests.sizeBytes) throw tookOthers(path);
        this.files.set(path, { source: file.path, sizeBytes: digests.sizeBytes });
      },
    };
  }

  async complete(release: ReleaseToPublish, options: CompleteOptions = {}): Promise<ChannelReceipt> {
    options.signal?.throwIfAborted();
    const root = await inTurn(this.repository, () => this.completeMending(release, options));
    await this.abandon();
    return { channel: 'git-lfs', ref: release.ref, releaseDigest: release.releaseDigest, root };
  }

  async abandon(): Promise<void> {
    await this.doors.waiting.remove();
  }

  /** Objects that git finds corrupt are removed, so that the next try writes them anew. */
  private async completeMending(release: ReleaseToPublish, options: CompleteOptions): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.completeOnce(release, options);
      } catch (error) {
        if (!(error instanceof GitExit) || tries === MOST_TRIES) throw error;
        if (!(await removeCorrupt(this.repository, error.stderr))) throw error;
      }
    }
  }

  /** @returns the id of the tagged commit */
  private async completeOnce(release: ReleaseToPublish, options: CompleteOptions): Promise<string> {
    const startMs = Date.now() - CLOCK_TICK_MS;
    await makeRepository(this.repository);
    await this.requireNoOther(release);
    const index = new PrivateIndex(this.repository, this.doors.waiting.newPath());
    const files = await this.placeFiles(release, index, options);
    const blobs = await this.writeFiles(files, options);
    await index.add(blobs, options.signal);
    const tree = await index.writeTree(options.signal);
    await this.requireTree(tree, blobs, options.signal);
    const tagged = await this.taggedCommit();
    if (tagged !== undefined) return tagged;
    const commit = await commitTree(this.repository, tree, release);
    await syncObjectFolders(this.repository, startMs);
    await tagCommit(this.repository, commit, release);
    return commit;
  }

  /** @throws TAMPERED when there is a tag of nothing that can be read */
  private async taggedCommit(): Promise<string | undefined> {
    const tag = tagRef(this.ref);
    const commit = await resolveObject(this.repository, `${tag}^{commit}`);
    if (commit !== undefined || (await resolveObject(this.repository, tag)) === undefined) return commit;
    throw damaged(this.repository, tag, 'names a commit that cannot be read');
  }

  /** @throws TAMPERED when the version's tag holds another manifest */
  private async requireNoOther({ canonical, ref, releaseDigest }: ReleaseToPublish): Promise<void> {
    const found = await resolveObject(this.repository, `${tagRef(ref)}:${MANIFEST_PATH}`);
    if (found === undefined) return;
    const source = await this.doors.waiting.put(canonical);
    const own = (await runGit(this.repository, ['hash-object', '--no-filters', '--', source])).trim();
    if (found === own) return;
    throw new WeighbridgeError('TAMPERED', `another release stands under ${ref.name} in ${showPath(this.repository)}`, {
      hint: 'a version is published once: register what changed under a new one',
      details: { channel: 'git-lfs', release: ref.name, expected: releaseDigest },
    });
  }

  /** Gives those that are weights of Git LFS their objects. @returns what the commit holds, sorted by nothing */
  private async placeFiles(
    release: ReleaseToPublish,
    index: PrivateIndex,
    options: CompleteOptions,
  ): Promise<TreeFile[]> {
    const { files } = release.manifest;
    const own = files.some(({ path }) => path === ATTRIBUTES_PATH);
    const attributes = own
      ? this.taken(ATTRIBUTES_PATH as RelativePath).source
      : await this.doors.waiting.put(new TextEncoder().encode(DEFAULT_ATTRIBUTES));
    const [oid] = await writeBlobs(this.repository, [attributes], options.signal);
    await index.add([{ path: ATTRIBUTES_PATH, oid: oid! }], options.signal);
    const full = files.filter(({ path, size }) => size > 0 && path !== ATTRIBUTES_PATH).map(({ path }) => path);
    const marked = await index.markedLfs(full, options.signal);
    const placed: TreeFile[] = own ? [] : [await this.textFile(ATTRIBUTES_PATH, DEFAULT_ATTRIBUTES)];
    for (const file of files) placed.push(await this.placeFile(file, marked.has(file.path), options));
    return [...placed, ...(await this.metadata(release))];
  }

  private async placeFile(file: ManifestFile, lfs: boolean, options: CompleteOptions): Promise<TreeFile> {
    options.signal?.throwIfAborted();
    const { source, sizeBytes } = this.taken(file.path);
    if (sizeBytes !== file.size) throw tookOthers(file.path);
    if (!lfs) return { path: file.path, source, sha256: file.sha256, sizeBytes, weights: true };
    const object = { oid: file.sha256, sizeBytes };
    const problem = await adoptObject(this.doors.engine, this.repository, object, source, options);
    if (problem !== undefined) throw readsBackOtherwise(file.path, `its object ${problem}`);
    return this.bytesFile(file.path, lfsPointer(file.sha256, sizeBytes));
  }

  private async metadata({ manifest, canonical, leaves }: ReleaseToPublish): Promise<TreeFile[]> {
    const files = [
      await this.textFile(METADATA_ATTRIBUTES_PATH, METADATA_ATTRIBUTES),
      await this.bytesFile(MANIFEST_PATH, canonical),
    ];
    const byPath = new Map(manifest.files.filter(({ size }) => size > 0).map((file) => [leavesPath(file), file]));
    for (const [path, file] of byPath) files.push(await this.bytesFile(path, await leaves(file)));
    return files;
  }

  private textFile(path: string, text: string): Promise<TreeFile> {
    return this.bytesFile(path, new TextEncoder().encode(text));
  }

  private async bytesFile(path: string, bytes: Uint8Array): Promise<TreeFile> {
    const source = await this.doors.waiting.put(bytes);
    return { path, source, sha256: await sha256Hex(bytes), sizeBytes: bytes.length, weights: false };
  }

  /** Writes blobs and reads them back; one that reads back otherwise is written once more. @throws TAMPERED */
  private async writeFiles(files: readonly TreeFile[], { signal, onBytes }: CompleteOptions): Promise<TreeBlob[]> {
    const sources = files.map(({ source }) => source);
    const oids = await writeBlobs(this.repository, sources, signal);
    const blobs = files.map((file, index) => ({ ...file, oid: oids[index]! }));
    await this.removeIrregular(blobs, signal);
    const onGood = (blob: { readonly sizeBytes: number }): void => {
      if ((blob as TreeBlob).weights) onBytes?.(blob.sizeBytes);
    };
    let mended = -1;
    for (let from = 0; from < blobs.length; ) {
      const bad = await firstBadBlob(this.repository, blobs.slice(from), onGood, signal);
      if (bad === undefined) break;
      from += bad;
      await rm(looseObjectPath(this.repository, blobs[from]!.oid), { force: true });
      if (mended === from) throw readsBackOtherwise(blobs[from]!.path, 'its blob has other bytes');
      mended = from;
      await writeBlobs(this.repository, [blobs[from]!.source], signal);
    }
    return blobs;
  }

  /** git takes whatever lies under an object's name for the object, and waits for whoever writes into a FIFO. */
  private async removeIrregular(blobs: readonly TreeBlob[], signal: AbortSignal | undefined): Promise<void> {
    const irregular: string[] = [];
    for (const { oid, source } of blobs) {
      const kind = await looseKind(this.repository, oid);
      if (kind === 'file' || kind === 'absent') continue;
      await rm(looseObjectPath(this.repository, oid), { recursive: true, force: true });
      irregular.push(source);
    }
    await writeBlobs(this.repository, irregular, signal);
  }

  /** Lists the tree as a reader would. @throws TAMPERED */
  private async requireTree(tree: string, blobs: readonly TreeBlob[], signal: AbortSignal | undefined): Promise<void> {
    const printed = await runGit(this.repository, ['ls-tree', '-r', '-z', tree], signal && { signal });
    const found = new Set(printed.split('\0'));
    const missing = blobs.find(({ path, oid }) => !found.has(`100644 blob ${oid}\t${path}`));
    if (missing !== undefined) throw damaged(this.repository, missing.path, 'is not in the tree that was written');
  }

  private taken(path: RelativePath): TakenFile {
    const file = this.files.get(path);
    if (file === undefined) throw new RangeError(`${path} was not written`);
    return file;
  }
}

function tookOthers(path: RelativePath): WeighbridgeError {
  return readsBackOtherwise(path, 'the store took other bytes than were digested');
}

function readsBackOtherwise(path: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${showPath(path)} cannot be published to Git LFS: ${problem}`, {
    hint: 'run the same command again; if it happens again, check the memory and the disk of this machine',
    details: { channel: 'git-lfs', file: showPath(path) },
  });
}
