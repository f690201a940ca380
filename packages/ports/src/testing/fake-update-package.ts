import type { Digest, RelativePath } from '@weighbridge/core/brands';
import { bytesEqual } from '@weighbridge/core/hex';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import { CHUNK_BYTES, chunkCount } from '@weighbridge/core/tree';
import type { FetchPlace } from '../fetch-place.js';
import type { ReleaseFolder } from '../release-folder.js';
import type { PinnedContent, ProvenBase, UpdatePackage } from '../update-package.js';
import { refuse } from './fake-refusal.js';

type Files = ReadonlyMap<string, Uint8Array>;

export interface FakePackageParts {
  readonly packageDigest: Digest;
  readonly target: PinnedContent;
  readonly bundleBytes: Uint8Array | undefined;
  readonly files: Files;
  readonly leavesOf: (path: string) => Uint8Array;
  readonly base?: { readonly pinned: PinnedContent; readonly files: Files } | undefined;
}

/** A package that carries its target as it is. What it writes, and where it fails, can be changed. */
export class FakeUpdatePackage implements UpdatePackage {
  readonly location = '/fake/update.wbdelta';
  packageDigest: Digest;
  target: PinnedContent;
  base: PinnedContent | undefined;
  bundleBytes: Uint8Array | undefined;
  targetBytes: number;
  targetPaths: readonly RelativePath[];
  /** What is written in place of the files of the target. */
  written: Files;
  /** Runs when the whole package is decoded. */
  whenChecked: () => void = () => {};
  /** What was asked for, in order. */
  readonly asked: string[] = [];

  constructor(private readonly parts: FakePackageParts) {
    const { packageDigest, target, base, bundleBytes, files } = parts;
    this.packageDigest = packageDigest;
    this.target = target;
    this.base = base?.pinned;
    this.bundleBytes = bundleBytes;
    this.written = files;
    this.targetBytes = [...files.values()].reduce((sum, { length }) => sum + length, 0);
    this.targetPaths = [...files.keys()].sort() as RelativePath[];
  }

  async proveBase(folder: ReleaseFolder): Promise<ProvenBase> {
    this.asked.push('base');
    const wanted = this.parts.base?.files ?? new Map<string, Uint8Array>();
    const { entries } = await folder.scan([METADATA_FOLDER]);
    if (entries.length !== wanted.size) refuse('WRONG_ARTIFACT', 'another base');
    for (const [path, bytes] of wanted) {
      const file = await folder.open(path);
      const found = await file.readStart(bytes.length + 1);
      await file.close();
      if (!bytesEqual(found, bytes)) refuse('WRONG_ARTIFACT', `another base: ${path}`);
    }
    return { close: async () => void this.asked.push('base closed') };
  }

  async checkWhole(): Promise<void> {
    this.asked.push('check');
    this.whenChecked();
  }

  async writeTo(place: FetchPlace): Promise<void> {
    this.asked.push('write');
    for (const [path, bytes] of this.written) {
      const file = await place.open(path as RelativePath, bytes.length);
      for (let index = 0; index < chunkCount(bytes.length); index += 1)
        await file.write(index, bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES));
      await file.sync();
      await file.close();
    }
  }

  leavesOf = (path: RelativePath): Uint8Array => this.parts.leavesOf(path);

  async close(): Promise<void> {
    this.asked.push('closed');
  }
}
