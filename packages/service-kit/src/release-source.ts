import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { pathProblem, showPath } from '@weighbridge/core/paths';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import type { JobData } from '@weighbridge/ports/queue';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { stampFiles } from './stamp-files.js';

/** Where the files of a release lie: below a folder that the operator allowed, or in an upload. */
export type ReleaseSource = { readonly root: string; readonly path: string } | { readonly upload: string };

/** Finds the files of a source. A path that leaves its root, by whatever way, is refused. */
export interface ReleaseSources {
  /** Names of the allowed roots. */
  readonly roots: readonly string[];
  /** @throws USAGE for an unknown root or upload, for what is absent and for what leaves the root; IO */
  open(source: ReleaseSource): Promise<ReleaseFolder>;
  /**
   * A digest of how the files look without reading them: names, sizes and times of the last change. Other bytes have
   * another stamp; the same bytes may have several.
   */
  stamp(source: ReleaseSource): Promise<Digest>;
}

export interface SourceFolders {
  /** Folders by the name that clients use. */
  readonly roots: ReadonlyMap<string, string>;
  /** Holds `<id>/files` for each upload. */
  readonly uploads: string;
}

export function createReleaseSources({ roots, uploads }: SourceFolders): ReleaseSources {
  const find = async (source: ReleaseSource): Promise<string> => {
    if ('upload' in source) return below(uploads, `${requireId(source.upload)}/files`);
    const root = roots.get(source.root);
    if (root === undefined) throw unusable(`there is no root ${JSON.stringify(source.root)}`);
    return below(root, requireSafe(source.path));
  };
  return {
    roots: [...roots.keys()],
    open: async (source) => openReleaseFolder(await find(source)),
    stamp: async (source) => stampFiles(await find(source)),
  };
}

/** A source as job data and back. */
export function sourceData(source: ReleaseSource): JobData {
  return 'upload' in source ? { upload: source.upload } : { root: source.root, path: source.path };
}

/** @throws USAGE for data that no producer of ours wrote */
export function sourceOf({ upload, root, path }: JobData): ReleaseSource {
  if (typeof upload === 'string') return { upload };
  if (typeof root === 'string' && typeof path === 'string') return { root, path };
  throw unusable('the job names no source');
}

/** Each step is looked at: the whole must be the folder that its name says, and no symlink on the way leads elsewhere. */
async function below(root: string, relative: string): Promise<string> {
  try {
    const top = await realpath(root);
    const wanted = relative === '' ? top : join(top, relative);
    const real = await realpath(wanted);
    await lstat(real);
    if (real === wanted && (real === top || real.startsWith(top + sep))) return real;
  } catch (cause) {
    if (saysAbsent(cause)) throw unusable(`${showPath(relative)} does not exist there`);
    throw asIoError('read', relative, cause);
  }
  throw unusable(`${showPath(relative)} leads through a symlink`);
}

function requireSafe(path: string): string {
  const problem = path === '' ? undefined : pathProblem(path);
  if (problem === undefined) return path;
  throw unusable(`the path ${showPath(path)} ${problem}`);
}

function requireId(id: string): string {
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  throw unusable('that is no id of an upload');
}

function unusable(problem: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `source: ${problem}`, {
    hint: 'name a folder below a root that the operator allowed (--root NAME=DIR), or an upload',
  });
}
