import { compareUtf8 } from '@weighbridge/core/members';
import { showPath } from '@weighbridge/core/paths';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';

/** What a scan found on disk below the folder; hostile. */
export interface ScannedEntry {
  readonly path: string;
  readonly isUtf8: boolean;
  /** `file`, or what is no regular file: `symlink`, `FIFO`, `socket`, `device`, `unreadable`. */
  readonly kind: string;
  readonly sizeBytes: number;
}

export interface FileSetOptions {
  /** Passes over an unlisted `.gitattributes` at the top: the folder is a Git checkout. */
  readonly allowGitAttributes: boolean;
}

export type FileProblem = 'kind' | 'extra' | 'missing' | 'size';

/** One thing about the file set that is not as registered: TAMPERED. */
export interface FileFinding {
  /** As it is shown: control characters are escaped. */
  readonly file: string;
  readonly problem: FileProblem;
  readonly message: string;
  readonly hint: string;
  readonly expected?: string;
  readonly found?: string;
}

/** Whether a folder can be of a release at all. */
export type FolderMatch = 'empty' | 'some-listed' | 'none-listed';

const GIT_ATTRIBUTES = '.gitattributes';
const FETCH_AGAIN = 'get the release again from its publisher';

/**
 * manifest-v1 §5: what lies in a folder against what the manifest lists, before any byte is read.
 * @returns findings in this order: entries that are no regular files, extra files, missing files, wrong sizes
 */
export function decideFileSet(
  manifest: Manifest,
  entries: readonly ScannedEntry[],
  options: FileSetOptions,
): FileFinding[] {
  const listed = new Map(manifest.files.map((file) => [file.path as string, file]));
  const present = entries.filter((entry) => !isPassedOver(entry, listed, options));
  const paths = new Set(present.filter((entry) => entry.isUtf8).map((entry) => entry.path));
  return [
    ...sorted(present.filter((entry) => entry.kind !== 'file')).map(wrongKindOfEntry),
    ...sorted(present.filter((entry) => entry.kind === 'file' && !isListed(entry, listed))).map(extra),
    ...manifest.files.filter((file) => !paths.has(file.path)).map(missing),
    ...sorted(present).flatMap((entry) => wrongSize(entry, listed)),
  ];
}

/** Whether `decideFileSet` passes over a `.gitattributes` that the release does not have; the verdict says so. */
export function passesOverGitAttributes(manifest: Manifest, entries: readonly ScannedEntry[]): boolean {
  const isThere = entries.some((entry) => entry.path === GIT_ATTRIBUTES && entry.kind === 'file');
  return isThere && !manifest.files.some((file) => file.path === GIT_ATTRIBUTES);
}

/** Tells a folder of another release from a damaged folder of this one. */
export function folderMatch(manifest: Manifest, entries: readonly ScannedEntry[]): FolderMatch {
  const listed = new Set<string>(manifest.files.map((file) => file.path));
  if (entries.some((entry) => entry.isUtf8 && listed.has(entry.path))) return 'some-listed';
  return entries.some((entry) => entry.kind === 'file') ? 'none-listed' : 'empty';
}

function isListed(entry: ScannedEntry, listed: ReadonlyMap<string, ManifestFile>): boolean {
  return entry.isUtf8 && listed.has(entry.path);
}

function isPassedOver(
  entry: ScannedEntry,
  listed: ReadonlyMap<string, ManifestFile>,
  options: FileSetOptions,
): boolean {
  return (
    options.allowGitAttributes && entry.path === GIT_ATTRIBUTES && entry.kind === 'file' && !listed.has(GIT_ATTRIBUTES)
  );
}

function wrongKindOfEntry({ path, kind }: ScannedEntry): FileFinding {
  const file = showPath(path);
  const what = kind === 'unreadable' ? 'cannot be read' : `is a ${kind}`;
  return {
    file,
    problem: 'kind',
    message: `${file} ${what}; a release holds regular files only`,
    hint: kind === 'unreadable' ? 'give the verifier the right to read it' : 'put the file itself in its place',
    expected: 'file',
    found: kind,
  };
}

function extra({ path }: ScannedEntry): FileFinding {
  const file = showPath(path);
  const isGit = path.startsWith('.git/') || path === GIT_ATTRIBUTES;
  return {
    file,
    problem: 'extra',
    message: `${file} is not part of the release`,
    hint: isGit
      ? 'a Git checkout is no release folder: use verify --git-checkout'
      : 'remove it, or look in which release it belongs',
  };
}

function missing({ path }: ManifestFile): FileFinding {
  return { file: showPath(path), problem: 'missing', message: `${showPath(path)} is missing`, hint: FETCH_AGAIN };
}

function wrongSize(entry: ScannedEntry, listed: ReadonlyMap<string, ManifestFile>): FileFinding[] {
  const size = isListed(entry, listed) && entry.kind === 'file' ? listed.get(entry.path)!.size : entry.sizeBytes;
  if (size === entry.sizeBytes) return [];
  const file = showPath(entry.path);
  return [
    {
      file,
      problem: 'size',
      message: `${file} has ${entry.sizeBytes} bytes, ${size} are registered`,
      hint: FETCH_AGAIN,
      expected: String(size),
      found: String(entry.sizeBytes),
    },
  ];
}

function sorted(entries: readonly ScannedEntry[]): ScannedEntry[] {
  return [...entries].sort((a, b) => compareUtf8(a.path, b.path));
}
