import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Whether what will have the name `path` lies within an existing folder, or is the existing folder or file itself: symlinks on
 * the way are followed.
 */
export function isWithin(existing: string, path: string): boolean {
  const stats = statSync(existing, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const outer = realpathSync(existing);
  const inner = realOrNamed(resolve(path));
  if (inner === outer) return true;
  return stats.isDirectory() && inner.startsWith(outer === '/' ? '/' : `${outer}/`);
}

/** As far as it exists. */
function realOrNamed(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(realOrNamed(dirname(path)), basename(path));
  }
}
