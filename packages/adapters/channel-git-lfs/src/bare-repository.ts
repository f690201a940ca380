import { rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
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

/**
 * Makes the repository of a model unless it is there. It gets its name when it is whole: git leaves half of one when it is
 * killed, which neither it nor we would take for a repository or mend. One publisher at a time. @throws IO, UNVERIFIABLE
 */
export async function makeRepository(repository: string): Promise<void> {
  if (await isRepository(repository)) return;
  const unfinished = `${repository}.unfinished`;
  try {
    await rm(unfinished, { recursive: true, force: true });
    await makeFolderDurably(unfinished, 0o700);
    await writeDurably(join(unfinished, 'config'), new TextEncoder().encode(CONFIG), { mode: 0o600 });
    await runGit(unfinished, ['init', '--quiet', '--bare', '--template=', '--initial-branch=main']);
    for (const folder of ['objects', 'refs/heads', 'refs/tags', 'refs']) await syncFolder(join(unfinished, folder));
    await syncFile(join(unfinished, 'HEAD'));
    await syncFolder(unfinished);
    await rename(unfinished, repository);
    await syncFolder(dirname(repository));
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
