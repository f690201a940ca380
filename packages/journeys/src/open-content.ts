import type { Digest, RelativePath } from '@weighbridge/core/brands';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import type { BaseBytes } from '@weighbridge/delta/operation';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import type { ProgressListener } from '@weighbridge/ports/progress';
import type { ReadableFile, ReleaseFolder } from '@weighbridge/ports/release-folder';
import { inParallel } from './in-parallel.js';

/** Enough to keep all cores of any machine busy. */
const DIGESTED_AT_ONCE = 16;

export interface ContentDoors {
  readonly engine: DigestEngine;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

export interface ContentFile {
  readonly path: RelativePath;
  readonly size: number;
  readonly tree: Digest;
  readonly leaves: Uint8Array;
}

/** The files of one side of a delta: digested, and held open for reading by position. */
export interface OpenedContent {
  /** In the order of the paths that were asked for. */
  readonly files: readonly ContentFile[];
  readonly contentDigest: Digest;
  readonly bytes: BaseBytes;
  /** False when a file was changed or exchanged since it was opened. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens and digests files, each byte once.
 * @param step shown to whoever watches
 * @throws what opening, reading and the engine throw
 */
export async function openContent(
  { engine, progress, signal }: ContentDoors,
  folder: ReleaseFolder,
  paths: readonly RelativePath[],
  step: string,
): Promise<OpenedContent> {
  const opened: ReadableFile[] = [];
  const close = async (): Promise<void> => {
    for (const file of opened) await file.close();
  };
  try {
    for (const path of paths) opened.push(await folder.open(path));
    const options = { signal, onBytes: (bytes: number) => progress.advance(bytes) };
    progress.start(
      step,
      opened.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    );
    const digests = await inParallel(opened, DIGESTED_AT_ONCE, (file) => {
      signal.throwIfAborted();
      return engine.digestTree(file, options);
    });
    const files = digests.map(({ sizeBytes, tree, leaves }, index) => ({
      path: paths[index]!,
      size: sizeBytes,
      tree,
      leaves,
    }));
    return {
      files,
      contentDigest: contentDigest(files),
      bytes: {
        sizes: files.map(({ size }) => size),
        read: (file, offset, into) => opened[file]!.readInto(offset, into),
      },
      isUnchanged: async () => (await Promise.all(opened.map((file) => file.isUnchanged()))).every(Boolean),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  } finally {
    progress.stop();
  }
}
