import { join } from 'node:path';
import type { ReleaseRef } from '@weighbridge/core/names';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import type { ManifestFile } from '@weighbridge/manifest/manifest';

export const MANIFEST_PATH = `${METADATA_FOLDER}/manifest.json`;
export const ATTRIBUTES_PATH = '.gitattributes';
/**
 * Nothing of ours is ever a pointer, whatever the release's own attributes say of all files. For git the first line is
 * enough; git-lfs applies it to the folder alone and not to what is below.
 */
export const METADATA_ATTRIBUTES_PATH = `${METADATA_FOLDER}/${ATTRIBUTES_PATH}`;
export const METADATA_ATTRIBUTES = '* -filter -diff -merge -text\nleaves/* -filter -diff -merge -text\n';
/** For a release that brings none. */
export const DEFAULT_ATTRIBUTES = '* filter=lfs diff=lfs merge=lfs -text\n.gitattributes -filter -diff -merge text\n';

export function leavesPath({ tree }: ManifestFile): string {
  return `${METADATA_FOLDER}/leaves/${tree}`;
}

export function repositoryPath(folder: string, { model }: ReleaseRef): string {
  return join(folder, `${model}.git`);
}

export function tagRef({ version }: ReleaseRef): string {
  return `refs/tags/${version}`;
}

export const BRANCH_REF = 'refs/heads/main';

/** Where git keeps an object that is in no pack. */
export function looseObjectPath(repository: string, oid: string): string {
  return join(repository, 'objects', oid.slice(0, 2), oid.slice(2));
}
