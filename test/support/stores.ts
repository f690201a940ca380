import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';
import { MIB } from './models.js';

/** The file that holds a weight in the Git LFS channel of a home folder. */
export function lfsObject(home: string, model: string, { sha256 }: ManifestFile): string {
  return join(home, `git/${model}.git/lfs/objects`, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
}

/** The file that holds a chunk in the IPFS channel of a home folder, found by its bytes, whatever it is called. */
export function ipfsBlock(home: string, bytes: Buffer): string {
  const found = filesBelow(join(home, 'ipfs')).find(
    (path) => statSync(path).size === bytes.length && readFileSync(path).equals(bytes),
  );
  if (found === undefined) throw new Error('the IPFS store has no such block');
  return found;
}

/** A chunk of a file on disk. */
export function chunkOf(path: string, index: number): Buffer {
  return readFileSync(path).subarray(index * MIB, (index + 1) * MIB);
}

export function listed({ files }: Manifest, path: string): ManifestFile {
  const file = files.find((each) => each.path === path);
  if (file === undefined) throw new Error(`${path} is not listed`);
  return file;
}

export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
