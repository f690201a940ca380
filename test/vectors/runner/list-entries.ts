import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OfflineEntry } from '@weighbridge/verify/offline';
import type { Digest } from '@weighbridge/core/brands';
import { leavesOf, rootOf } from '../corpus/tree.js';

/** What lies in a folder, with the tree-v1 roots of its files, for a verifier that reads no disk itself. */
export function listEntries(root: string, { passOver = ['.weighbridge'] } = {}, below = ''): OfflineEntry[] {
  // The types know names as text alone; with this encoding they are bytes.
  const entries = readdirSync(join(root, below), {
    withFileTypes: true,
    encoding: 'buffer' as BufferEncoding,
  }) as unknown as (Dirent & { name: Buffer })[];
  return entries.flatMap((entry): OfflineEntry[] => {
    const name = entry.name.toString();
    const path = below === '' ? name : `${below}/${name}`;
    const isUtf8 = Buffer.from(name).equals(entry.name);
    if (entry.isDirectory())
      return below === '' && passOver.includes(name) ? [] : listEntries(root, { passOver }, path);
    if (!entry.isFile()) return [{ path, isUtf8, kind: entry.isSymbolicLink() ? 'symlink' : 'FIFO', sizeBytes: 0 }];
    if (!isUtf8) return [{ path, isUtf8, kind: 'file', sizeBytes: 1 }];
    const bytes = readFileSync(join(root, path));
    return [
      {
        path,
        isUtf8,
        kind: 'file',
        sizeBytes: lstatSync(join(root, path)).size,
        tree: rootOf(bytes.length, leavesOf(bytes)) as Digest,
      },
    ];
  });
}
