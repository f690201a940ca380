import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import type { OfflineEntry } from '@weighbridge/verify/offline';
import { leavesOf, rootOf } from '../corpus/tree.js';

const METADATA = '.weighbridge';

/** What lies in a folder, with the tree-v1 roots of its files, for a verifier that reads no disk itself. */
export function listEntries(root: string, below = ''): OfflineEntry[] {
  // The types know names as text alone; with this encoding they are bytes.
  const options = { withFileTypes: true, encoding: 'buffer' as BufferEncoding } as const;
  const entries = readdirSync(join(root, below), options) as unknown as (Dirent & { name: Buffer })[];
  return entries.flatMap((entry) => {
    const name = entry.name.toString();
    const path = below === '' ? name : `${below}/${name}`;
    const isUtf8 = Buffer.from(name).equals(entry.name);
    if (entry.isDirectory()) return isMetadata(path) ? metadata(path) : listEntries(root, path);
    if (!entry.isFile()) return [{ path, isUtf8, kind: entry.isSymbolicLink() ? 'symlink' : 'FIFO', sizeBytes: 0 }];
    return [isUtf8 ? fileEntry(root, path) : { path, isUtf8, kind: 'file', sizeBytes: 1 }];
  });
}

function fileEntry(root: string, path: string): OfflineEntry {
  const bytes = readFileSync(join(root, path));
  const tree = rootOf(bytes.length, leavesOf(bytes)) as Digest;
  return { path, isUtf8: true, kind: 'file', sizeBytes: bytes.length, tree };
}

function isMetadata(path: string): boolean {
  return path.toLowerCase() === METADATA;
}

/** In its one spelling it is passed over, in another it may not stand there. */
function metadata(path: string): OfflineEntry[] {
  return path === METADATA ? [] : [{ path, isUtf8: true, kind: 'folder', sizeBytes: 0 }];
}
