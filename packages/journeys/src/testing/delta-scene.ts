import type { RelativePath } from '@weighbridge/core/brands';
import { FakeFetchPlace } from '@weighbridge/ports/testing/fake-fetch-place';
import { FakePackageDraft } from '@weighbridge/ports/testing/fake-package-draft';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import { applyPackage } from '../apply-package.js';
import { buildPackage, type DeltaSide, type PackageReport } from '../build-package.js';
import { type ContentDoors, openContent } from '../open-content.js';
import { openUpdatePackage } from '../update-package.js';
import { FakeEngine } from './fake-engine.js';
import { SILENT } from './house.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Built {
  readonly report: PackageReport;
  readonly draft: FakePackageDraft;
}

/** Builds and applies packages between folders in memory. */
export class DeltaScene {
  readonly engine = new FakeEngine();
  readonly abort = new AbortController();

  get doors(): ContentDoors {
    return { engine: this.engine, progress: SILENT, signal: this.abort.signal };
  }

  async side(folder: FakeReleaseFolder): Promise<DeltaSide> {
    const { entries } = await folder.scan(['.weighbridge']);
    const content = await openContent(
      this.doors,
      folder,
      entries.map(({ path }) => path as RelativePath),
      'reading',
    );
    return { content, pinned: { kind: 'content', contentDigest: content.contentDigest } };
  }

  async build(from: Files | undefined, to: Files, draft = new FakePackageDraft()): Promise<Built> {
    const base = from === undefined ? undefined : await this.side(new FakeReleaseFolder(from));
    const target = await this.side(new FakeReleaseFolder(to));
    try {
      const order = { base, target, bundle: undefined, adapter: [] };
      const report = await buildPackage(this.doors, draft, order);
      await draft.publish();
      return { report, draft };
    } finally {
      await target.content.close();
      await base?.content.close();
    }
  }

  /** @param base undefined when the package is full */
  async apply(bytes: Uint8Array, base: Files | FakeReleaseFolder | undefined, place = new FakeFetchPlace()) {
    const pack = await openUpdatePackage(this.doors, memoryFile(bytes), 'a package');
    const folder = base instanceof FakeReleaseFolder || base === undefined ? base : new FakeReleaseFolder(base);
    try {
      await applyPackage(pack, folder, async () => place);
      return place;
    } finally {
      await pack.close();
    }
  }
}

/** Bytes as a file that is read by position alone. */
export function memoryFile(bytes: Uint8Array): ReadableFile {
  return {
    fd: -1,
    sizeBytes: bytes.length,
    readStart: async (maxBytes) => bytes.slice(0, maxBytes),
    readInto: (offset, into) => {
      if (offset + into.length > bytes.length) throw new Error('read beyond the end of the package');
      into.set(bytes.subarray(offset, offset + into.length));
    },
    isUnchanged: async () => true,
    close: async () => {},
  };
}
