import { lstatSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { asIoError, saysAbsent, saysReadOnly } from '@weighbridge/durable-files/io-error';

/** Where things lie in a home folder; absolute paths, whether or not anything is there. */
export interface Home {
  readonly root: string;
  readonly manifests: string;
  readonly leaves: string;
  readonly keys: string;
  readonly chain: string;
  readonly journal: string;
  /** Pieces of releases that are being fetched. */
  readonly fetching: string;
  /** Blocks and receipts of the IPFS channel. */
  readonly ipfs: string;
  /** Bare repositories of the Git LFS channel. */
  readonly git: string;
  /** Delta packages that were built here, and what they are built from. */
  readonly deltas: string;
  readonly index: string;
  readonly trust: string;
  readonly deviceState: string;
  readonly lock: string;
}

/**
 * Finds the home folder: `home`, else `$WEIGHBRIDGE_HOME`, else `$XDG_DATA_HOME/weighbridge`, else
 * `~/.local/share/weighbridge`. Relative paths count from the working folder; nothing is made.
 * @throws USAGE when something that is no folder lies there
 */
export function locateHome({
  home,
  env,
}: {
  readonly home?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}): Home {
  const root = resolve(home ?? nonEmpty(env.WEIGHBRIDGE_HOME) ?? join(dataFolder(env), 'weighbridge'));
  if (home === '')
    throw new WeighbridgeError('USAGE', 'the home folder has an empty name', { hint: 'name a folder after --home' });
  requireFolderOrNothing(root);
  return {
    root,
    manifests: join(root, 'manifests'),
    leaves: join(root, 'leaves'),
    keys: join(root, 'keys'),
    chain: join(root, 'chain'),
    journal: join(root, 'journal'),
    fetching: join(root, 'journal', 'fetch'),
    ipfs: join(root, 'ipfs'),
    git: join(root, 'git'),
    deltas: join(root, 'deltas'),
    index: join(root, 'index.sqlite'),
    trust: join(root, 'trust.json'),
    deviceState: join(root, 'device-state.json'),
    lock: join(root, 'lock'),
  };
}

/** Makes the home folder, for its owner alone, where there is none yet; only what writes calls this. @throws USAGE, IO */
export async function prepareHome({ root }: Home): Promise<void> {
  requireFolderOrNothing(root);
  await makeFolderDurably(root, 0o700);
}

/** Like `prepareHome`, but false where its place is read-only: nobody can write there. @throws USAGE, IO */
export async function prepareHomeIfWritable(home: Home): Promise<boolean> {
  try {
    await prepareHome(home);
    return true;
  } catch (error) {
    if (saysReadOnly(error)) return false;
    throw error;
  }
}

function dataFolder(env: NodeJS.ProcessEnv): string {
  const xdg = env.XDG_DATA_HOME;
  // XDG Base Directory: a relative path in the variable is invalid and ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return xdg;
  return join(nonEmpty(env.HOME) ?? homedir(), '.local', 'share');
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function requireFolderOrNothing(root: string): void {
  if (isFolderOrNothing(root)) return;
  throw new WeighbridgeError('USAGE', `the home folder ${showPath(root)} is no folder`, {
    hint: 'name a folder with --home or WEIGHBRIDGE_HOME',
    details: { file: showPath(root) },
  });
}

/** A symlink that leads nowhere is no folder: what it leads to may only not be mounted yet. */
function isFolderOrNothing(root: string): boolean {
  try {
    const stats = statSync(root, { throwIfNoEntry: false });
    return stats?.isDirectory() ?? lstatSync(root, { throwIfNoEntry: false }) === undefined;
  } catch (cause) {
    if (saysAbsent(cause)) return false;
    throw asIoError('look at', root, cause);
  }
}
