import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';

/** Twice what a release folder may hold. */
const MAX_ENTRIES = 200_000;
const OTHERS_MAY_WRITE = 0o022n;
const OWN = ['a', 'b', 'state.json', 'journal'];

/**
 * slots-v1 §1.2: whoever else may write here could exchange a file between the verdict and the start.
 * @param root absolute and free of symlinks
 * @throws USAGE when the folder or anything in it that is ours belongs to another or may be written by others; LIMIT; IO
 */
export function requireOwnEntries(root: string): void {
  requireOwn(root, lstatSync(root, { bigint: true }));
  const pending: Buffer[] = OWN.map((name) => Buffer.from(join(root, name)));
  for (let count = 0; pending.length > 0; count += 1) {
    if (count > MAX_ENTRIES) throw tooMany(root);
    const path = pending.pop()!;
    if (look(path) === 'folder') for (const name of namesIn(path)) pending.push(joined(path, name));
  }
}

function look(path: Buffer): 'folder' | 'other' {
  const stats = statsOf(path);
  if (stats === undefined) return 'other';
  requireOwn(path.toString(), stats);
  return stats.isDirectory() ? 'folder' : 'other';
}

/** The permissions of a symlink say nothing; what it leads to is never opened. */
function requireOwn(path: string, stats: BigIntStats): void {
  const isOurs = stats.uid === 0n || stats.uid === BigInt(process.geteuid!());
  if (!isOurs) throw unsafe(path, `belongs to user ${stats.uid}`);
  if (!stats.isSymbolicLink() && (stats.mode & OTHERS_MAY_WRITE) !== 0n) throw unsafe(path, 'may be written by others');
}

function statsOf(path: Buffer): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch (cause) {
    if (saysAbsent(cause)) return undefined;
    throw asIoError('look at', path.toString(), cause);
  }
}

function namesIn(path: Buffer): Buffer[] {
  try {
    return readdirSync(path, { encoding: 'buffer' });
  } catch (cause) {
    if (saysAbsent(cause)) return [];
    throw asIoError('list', path.toString(), cause);
  }
}

function joined(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}

function unsafe(path: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(path)} ${problem}: it could be exchanged after it was checked`, {
    hint: 'give the slots folder and all in it to this user or to root (chown -R), and take the rest of the rights away (chmod -R go-w)',
    details: { file: showPath(path) },
  });
}

function tooMany(root: string): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${showPath(root)} holds more than ${MAX_ENTRIES} files and folders`, {
    hint: 'name the folder of the slots',
    details: { file: showPath(root) },
  });
}
