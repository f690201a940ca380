import { lstatSync, type Stats } from 'node:fs';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';

/**
 * Where pieces are put together beside a target, in a folder that others may write to: nothing is removed or written through a
 * symlink, and nobody keeps what others load.
 * @throws TAMPERED when it is no folder of this user
 */
export function requireOwnFolder(pieces: string): void {
  const stats = lstatSync(pieces);
  if (stats.isDirectory() && isOwn(stats)) return;
  const problem = stats.isDirectory() ? 'it belongs to another user' : 'it is no folder';
  throw new WeighbridgeError('TAMPERED', `${showPath(pieces)} is in the way: ${problem}`, {
    hint: 'remove it, or name a folder elsewhere after --to',
    details: { file: showPath(pieces) },
  });
}

export function isOwn({ uid }: Pick<Stats, 'uid'>): boolean {
  return uid === process.geteuid!();
}
