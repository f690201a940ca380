import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFile, syncFolder } from '@weighbridge/durable-files/durable-sync';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { runGit } from './git-command.js';

/**
 * Everything lies uncompressed and loose: weights cannot be compressed, and a file that rots alone can be replaced alone.
 * Files from 16 MiB are handed out in a stream.
 */
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
	compression = 0
	looseCompression = 0
	bigFileThreshold = 16m
	fsync = all
	fsyncMethod = fsync
	hooksPath = /dev/null
[gc]
	auto = 0
[maintenance]
	auto = false
[receive]
	denyDeletes = true
	denyNonFastForwards = true
[lfs]
	locksverify = false
`;

/** Makes the repository of a model unless it is there. @throws IO, UNVERIFIABLE */
export async function makeRepository(repository: string): Promise<void> {
  if (await isRepository(repository)) return;
  await makeFolderDurably(repository, 0o700);
  await writeDurably(join(repository, 'config'), new TextEncoder().encode(CONFIG), { mode: 0o600 });
  await runGit(repository, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']);
  try {
    for (const folder of ['objects', 'refs/heads', 'refs/tags', 'refs']) await syncFolder(join(repository, folder));
    // HEAD is what makes it a repository.
    await syncFile(join(repository, 'HEAD'));
    await syncFolder(repository);
  } catch (cause) {
    throw asIoError('make the repository', repository, cause);
  }
}

/** @throws IO */
export async function isRepository(repository: string): Promise<boolean> {
  try {
    return (await stat(join(repository, 'HEAD'))).isFile();
  } catch (cause) {
    if (saysAbsent(cause)) return false;
    throw asIoError('look at', repository, cause);
  }
}
