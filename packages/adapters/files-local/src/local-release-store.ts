import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, isDigest } from '@weighbridge/core/hex';
import { sha3Digest } from '@weighbridge/core/sha3';
import { chunkCount, LEAF_BYTES, leavesMatch } from '@weighbridge/core/tree';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFile, syncFolder } from '@weighbridge/durable-files/durable-sync';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { MANIFEST_MAX_BYTES } from '@weighbridge/manifest/manifest';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { readWholeAndClose } from './bounded-read.js';
import { openRegularFile } from './regular-file.js';

const SUFFIX = '.json';

export interface ReleaseStoreFolders {
  readonly manifestsFolder: string;
  readonly leavesFolder: string;
}

/** Manifests and leaves as files named by their digests. The folders are made by the first that is put. */
export function createReleaseStore({ manifestsFolder, leavesFolder }: ReleaseStoreFolders): ReleaseStore {
  const manifestPath = (digest: Digest): string => join(manifestsFolder, `${requireDigest(digest)}${SUFFIX}`);
  const leavesPath = (tree: Digest): string => join(leavesFolder, requireDigest(tree));
  return {
    async putManifest(digest, canonical) {
      requireMatch(digest, canonical);
      await put(manifestPath(digest), canonical);
    },
    async getManifest(digest) {
      const bytes = await get(manifestPath(digest), MANIFEST_MAX_BYTES);
      return bytes !== undefined && sha3Digest(bytes) === digest ? bytes : undefined;
    },
    async listManifests() {
      const names = await namesIn(manifestsFolder);
      const digests = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length));
      return digests.filter(isDigest).sort();
    },
    async putLeaves(tree, leaves) {
      if (leaves.length % LEAF_BYTES !== 0)
        throw new RangeError(`${leaves.length} bytes are no whole number of leaves`);
      await put(leavesPath(tree), leaves);
    },
    async getLeaves(tree, sizeBytes) {
      const leaves = await get(leavesPath(tree), chunkCount(sizeBytes) * LEAF_BYTES);
      return leaves !== undefined && leavesMatch(leaves, sizeBytes, tree) ? leaves : undefined;
    },
  };
}

/** What is there and right stays; what is there and wrong, by a broken disk or hand, is replaced. */
async function put(path: string, bytes: Uint8Array): Promise<void> {
  await makeFolderDurably(dirname(path), 0o700);
  const found = await get(path, bytes.length);
  if (found !== undefined && bytesEqual(found, bytes)) await keepDurably(path);
  else await writeDurably(path, bytes, { mode: 0o600 });
}

/** A copied home, and a writer that died before its last fsync, leave a file that a power cut may still take. */
async function keepDurably(path: string): Promise<void> {
  try {
    await syncFile(path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}

/** Bytes of a regular file of at most `maxBytes`; undefined for anything else. */
async function get(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const opened = openRegularFile(path, 'refuse');
    return typeof opened === 'string' ? undefined : await readWholeAndClose(opened, maxBytes, path);
  } catch (cause) {
    if (isWeighbridgeError(cause) && cause.code === 'LIMIT') return undefined;
    throw asIoError('read', path, cause);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (saysAbsent(cause)) return [];
    throw asIoError('list', folder, cause);
  }
}

function requireDigest(digest: Digest): Digest {
  if (!isDigest(digest)) throw new RangeError('not a SHA3-512 digest');
  return digest;
}

function requireMatch(digest: Digest, bytes: Uint8Array): void {
  const found = sha3Digest(bytes);
  if (found === digest) return;
  throw new WeighbridgeError('TAMPERED', 'a manifest does not have the release digest that it is to be kept under', {
    hint: 'get the manifest again from where it was published',
    details: { expected: digest, found },
  });
}
