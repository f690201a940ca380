import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isName } from '@weighbridge/core/names';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { runGit } from './git-command.js';

const SUFFIX = '.git';

/** Bytes of all files of all repositories, and the number of their tags. @throws IO, UNVERIFIABLE, the signal's reason */
export async function measureRepositories(
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly sizeBytes: number; readonly releases: number }> {
  let sizeBytes = 0;
  let releases = 0;
  for (const repository of await repositoriesBelow(folder)) {
    sizeBytes += await folderBytes(repository, signal);
    releases += await countTags(repository, signal);
  }
  return { sizeBytes, releases };
}

async function repositoriesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const namespace of await entries(folder)) {
    if (!namespace.isDirectory() || !isName(namespace.name)) continue;
    for (const model of await entries(join(folder, namespace.name))) {
      if (model.isDirectory() && model.name.endsWith(SUFFIX) && isName(model.name.slice(0, -SUFFIX.length)))
        found.push(join(folder, namespace.name, model.name));
    }
  }
  return found;
}

async function folderBytes(folder: string, signal: AbortSignal | undefined): Promise<number> {
  let bytes = 0;
  for (const entry of await entries(folder)) {
    signal?.throwIfAborted();
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await folderBytes(path, signal);
    else if (entry.isFile()) bytes += await fileBytes(path);
  }
  return bytes;
}

async function countTags(repository: string, signal: AbortSignal | undefined): Promise<number> {
  const args = ['for-each-ref', '--format=%(objectname)', 'refs/tags/'];
  const printed = await runGit(repository, args, signal && { signal });
  return printed.split('\n').filter((line) => line !== '').length;
}

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (saysAbsent(cause)) return [];
    throw asIoError('list', folder, cause);
  }
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (cause) {
    if (saysAbsent(cause)) return 0;
    throw asIoError('look at', path, cause);
  }
}
