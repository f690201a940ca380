import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { sha3Digest } from '@weighbridge/core/sha3';
import { asIoError } from '@weighbridge/durable-files/io-error';

const MAX_ENTRIES = 100_000;

/**
 * A digest of names, kinds, sizes, inodes and times of everything below a folder, or of one file. Follows no symlink.
 * @throws LIMIT, IO
 */
export async function stampFiles(top: string): Promise<Digest> {
  const lines: string[] = [];
  const visit = async (path: string, name: string): Promise<void> => {
    if (lines.length === MAX_ENTRIES) throw tooMany(top);
    const { mode, size, ino, mtimeNs, ctimeNs } = await lstat(path, { bigint: true });
    lines.push(JSON.stringify([name, ...[mode, size, ino, mtimeNs, ctimeNs].map(String)]));
    if ((mode & 0o170000n) !== 0o040000n) return;
    for (const entry of (await readdir(path)).sort()) await visit(join(path, entry), `${name}/${entry}`);
  };
  try {
    await visit(top, '');
  } catch (cause) {
    throw asIoError('read', top, cause);
  }
  return sha3Digest(Buffer.from(lines.join('\n')));
}

function tooMany(top: string): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${showPath(top)} holds more than ${MAX_ENTRIES} entries`, {
    hint: 'name the folder of one release',
  });
}
