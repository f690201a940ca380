import type { DigestEngine, DigestOptions } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import type { ProgressListener } from '@weighbridge/ports/progress';
import type { ReadableFile, ReleaseFolder } from '@weighbridge/ports/release-folder';
import { inParallel } from './in-parallel.js';

/** Files that are open at a time: enough to keep all cores of any machine busy, few enough for any descriptor limit. */
const OPEN_FILES = 16;

export interface DigestDoors {
  readonly folder: ReleaseFolder;
  readonly engine: DigestEngine;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

/**
 * Digests files in parallel, each opened once and compared with itself at the end.
 * @param digest which digests to take of an opened file
 * @throws BUSY for a file that changed meanwhile; what opening and the engine throw
 */
export async function digestFiles<F extends { readonly path: string; readonly sizeBytes: number }, D>(
  doors: DigestDoors,
  files: readonly F[],
  step: string,
  digest: (opened: ReadableFile, options: DigestOptions, file: F) => Promise<D>,
): Promise<{ file: F; digests: D }[]> {
  const { folder, progress, signal } = doors;
  const options = { signal, onBytes: (bytes: number) => progress.advance(bytes) };
  progress.start(
    step,
    files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
  try {
    return await inParallel(files, OPEN_FILES, async (file) => {
      signal.throwIfAborted();
      const opened = await folder.open(file.path);
      try {
        const digests = await digest(opened, options, file);
        if (!(await opened.isUnchanged())) throw changed(file.path);
        return { file, digests };
      } finally {
        await opened.close();
      }
    });
  } finally {
    progress.stop();
  }
}

function changed(path: string): WeighbridgeError {
  return new WeighbridgeError('BUSY', `${showPath(path)} was changed while it was read`, {
    hint: 'wait until whoever writes it has finished, then try again',
    details: { file: showPath(path) },
  });
}
