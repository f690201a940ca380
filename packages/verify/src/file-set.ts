import { compareUtf8 } from '@weighbridge/core/members';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';
import { extraFinding, type Finding, kindFinding, missingFinding, sizeFinding } from './finding.js';

/** What a scan found on disk below the folder; hostile. */
export interface ScannedEntry {
  readonly path: string;
  readonly isUtf8: boolean;
  /** `file`, or what is no regular file: `symlink`, `FIFO`, `socket`, `device`, `folder`. */
  readonly kind: string;
  readonly sizeBytes: number;
}

export interface FileSetOptions {
  /** Passes over an unlisted `.gitattributes` at the top: the folder is a Git checkout. */
  readonly allowGitAttributes: boolean;
}

/** Whether a folder can be of a release at all. */
export type FolderMatch = 'empty' | 'some-listed' | 'none-listed';

type Listed = ReadonlyMap<string, ManifestFile>;
const GIT_ATTRIBUTES = '.gitattributes';

/**
 * bundle-v1 §9.1: what lies in a folder against what the manifest lists, before any byte is read.
 * @param entries everything below the top but the folders that are passed over
 * @returns findings in this order: entries that are no regular files, extra files, missing files, wrong sizes
 */
export function decideFileSet(
  manifest: Manifest,
  entries: readonly ScannedEntry[],
  options: FileSetOptions,
): Finding[] {
  const listed = listedFiles(manifest);
  const present = [...entries].sort((a, b) => compareUtf8(a.path, b.path));
  const judged = options.allowGitAttributes ? present.filter((entry) => !isStrayAttributes(entry, listed)) : present;
  const files = judged.filter((entry) => entry.kind === 'file');
  const paths = new Set(judged.filter((entry) => entry.isUtf8).map((entry) => entry.path));
  return [
    ...judged.filter((entry) => entry.kind !== 'file').map(({ path, kind }) => kindFinding(path, kind)),
    ...files.filter((entry) => registered(entry, listed) === undefined).map(({ path }) => extraFinding(path)),
    ...manifest.files.filter(({ path }) => !paths.has(path)).map(({ path }) => missingFinding(path)),
    ...files.flatMap((entry) => wrongSize(entry, registered(entry, listed))),
  ];
}

/** Whether `decideFileSet` passes over a `.gitattributes` that the release does not list; a verdict says so. */
export function passesOverGitAttributes(manifest: Manifest, entries: readonly ScannedEntry[]): boolean {
  const listed = listedFiles(manifest);
  return entries.some((entry) => isStrayAttributes(entry, listed));
}

/** bundle-v1 §8.5: tells a folder of another release from a damaged folder of this one. */
export function folderMatch(manifest: Manifest, entries: readonly ScannedEntry[]): FolderMatch {
  const listed = listedFiles(manifest);
  if (entries.some((entry) => registered(entry, listed) !== undefined)) return 'some-listed';
  return entries.some((entry) => entry.kind === 'file') ? 'none-listed' : 'empty';
}

function listedFiles(manifest: Manifest): Listed {
  return new Map(manifest.files.map((file) => [file.path as string, file]));
}

/** A name that is not UTF-8 is shown with replacement characters, which a listed path may have too. */
function registered(entry: ScannedEntry, listed: Listed): ManifestFile | undefined {
  return entry.isUtf8 ? listed.get(entry.path) : undefined;
}

function isStrayAttributes(entry: ScannedEntry, listed: Listed): boolean {
  return entry.path === GIT_ATTRIBUTES && entry.kind === 'file' && !listed.has(GIT_ATTRIBUTES);
}

function wrongSize(entry: ScannedEntry, file: ManifestFile | undefined): Finding[] {
  return file === undefined || file.size === entry.sizeBytes ? [] : [sizeFinding(file, entry.sizeBytes)];
}
