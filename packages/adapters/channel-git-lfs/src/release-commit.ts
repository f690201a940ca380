import { lstat, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import type { PublishedRelease } from '@weighbridge/ports/channel';
import { GitExit, runGit } from './git-command.js';
import { BRANCH_REF, tagRef } from './repository-layout.js';
import { resolveObject } from './tagged-tree.js';

/** Nobody's name and no clock: the same release on the same parent is the same commit, whoever publishes it, and when. */
const WHO = { NAME: 'Weighbridge', EMAIL: 'weighbridge@localhost' };
/** Commits are dated so many seconds after this one by their version code, so that tools that sort by date agree with it. */
const FIRST_DATE_SECONDS = 1_767_225_600;
/** Some tools keep dates in 32 bits without sign. */
const LAST_DATE_SECONDS = 4_294_967_295;
/** A lock of git's that is older belongs to a git that is gone. */
const STALE_LOCK_MS = 60_000;

export interface CommittedRelease extends PublishedRelease {
  readonly manifest: { readonly versionCode: number };
  readonly isBeside?: boolean;
}

/** Commits a tree on top of the branch, unless the branch stands there already; without a parent beside it. @returns the commit's id */
export async function commitTree(repository: string, tree: string, release: CommittedRelease): Promise<string> {
  const parent = release.isBeside ? undefined : await resolveObject(repository, `${BRANCH_REF}^{commit}`);
  if (parent !== undefined && (await resolveObject(repository, `${parent}^{tree}`)) === tree) return parent;
  const { ref, releaseDigest, manifest } = release;
  const date = `@${Math.min(FIRST_DATE_SECONDS + manifest.versionCode, LAST_DATE_SECONDS)} +0000`;
  const printed = await runGit(repository, ['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent])], {
    input: `${ref.name}\n\nRelease-Digest: ${releaseDigest}\n`,
    environment: {
      GIT_AUTHOR_NAME: WHO.NAME,
      GIT_AUTHOR_EMAIL: WHO.EMAIL,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: WHO.NAME,
      GIT_COMMITTER_EMAIL: WHO.EMAIL,
      GIT_COMMITTER_DATE: date,
    },
  });
  return printed.trim();
}

/**
 * Moves the branch to a commit and tags it, both or neither; what is beside the branch is tagged alone. When it returns, both stay after a power cut.
 * @throws BUSY when somebody else moves them; IO
 */
export async function tagCommit(
  repository: string,
  commit: string,
  { ref, isBeside }: Omit<CommittedRelease, 'manifest'>,
): Promise<void> {
  const parent = await resolveObject(repository, `${BRANCH_REF}^{commit}`);
  await removeStaleLocks(repository, [`${BRANCH_REF}.lock`, `${tagRef(ref)}.lock`, 'packed-refs.lock', 'HEAD.lock']);
  const zero = '0'.repeat(commit.length);
  const moves = [
    ...(isBeside ? [] : [`update ${BRANCH_REF} ${commit} ${parent ?? zero}`]),
    `create ${tagRef(ref)} ${commit}`,
    'prepare',
    'commit',
  ];
  try {
    await runGit(repository, ['update-ref', '--stdin'], { input: `start\n${moves.join('\n')}\n` });
  } catch (cause) {
    if (!(cause instanceof GitExit)) throw cause;
    throw new WeighbridgeError('BUSY', `${showPath(repository)} was changed meanwhile: ${cause.message}`, {
      hint: 'run the same command again',
      details: { channel: 'git-lfs', file: showPath(repository) },
      cause,
    });
  }
  await syncFolders(repository, ['refs/heads', 'refs/tags', 'refs']);
}

async function removeStaleLocks(repository: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(repository, name);
    try {
      if (Date.now() - (await lstat(path)).mtimeMs > STALE_LOCK_MS) await rm(path, { force: true });
    } catch (cause) {
      if (!saysAbsent(cause)) throw asIoError('remove', path, cause);
    }
  }
}

/** git fsyncs objects, but not the folders that name them. @param sinceMs those that changed since */
export async function syncObjectFolders(repository: string, sinceMs: number): Promise<void> {
  const objects = join(repository, 'objects');
  try {
    const changed: string[] = [];
    for (const name of await readdir(objects)) {
      if ((await stat(join(objects, name))).mtimeMs >= sinceMs) changed.push(`objects/${name}`);
    }
    await syncFolders(repository, [...changed, 'objects']);
  } catch (cause) {
    throw asIoError('list', objects, cause);
  }
}

async function syncFolders(repository: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(repository, name);
    await syncFolder(path).catch((cause: unknown) => {
      throw asIoError('write', path, cause);
    });
  }
}
