import type { BigIntStats } from 'node:fs';

export type FileKind = 'file' | 'symlink' | 'FIFO' | 'socket' | 'device' | 'folder';

export function kindOf(stats: BigIntStats): FileKind {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'FIFO';
  return stats.isSocket() ? 'socket' : 'device';
}
