import { readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { sha3Digest } from '@weighbridge/core/sha3';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';

/** Documents of a few MiB under the SHA3-512 of their bytes, for jobs that may name digests alone; kept for 40 days. */
export interface DigestShelf {
  /** Durable when it resolves. @throws LIMIT, IO */
  put(bytes: Uint8Array): Promise<Digest>;
  /** Undefined for what is absent, and for what is not what its name says. @throws IO */
  get(digest: Digest): Promise<Uint8Array | undefined>;
}

const MAX_BYTES = 64 * 1024 * 1024;
/** Longer than a bundle is good. */
const KEPT_MS = 40 * 86_400_000;

/** @param folder made by the first that is put */
export function createDigestShelf(folder: string): DigestShelf {
  const pathOf = (digest: Digest): string => join(folder, `${digest}.json`);
  return {
    async put(bytes) {
      if (bytes.length > MAX_BYTES) throw tooLarge(bytes.length);
      const digest = sha3Digest(bytes);
      await makeFolderDurably(folder, 0o700);
      await writeDurably(pathOf(digest), bytes, { mode: 0o600 });
      await removeOld(folder, Date.now() - KEPT_MS);
      return digest;
    },
    async get(digest) {
      const bytes = await readBounded(pathOf(digest), MAX_BYTES);
      return bytes !== undefined && sha3Digest(bytes) === digest ? bytes : undefined;
    },
  };
}

async function removeOld(folder: string, beforeMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    // Another process may remove it at the same time.
    const stats = await stat(path).catch(() => undefined);
    if (stats !== undefined && stats.mtimeMs < beforeMs) await unlink(path).catch(() => {});
  }
}

/** A file of this home; undefined when it is absent or larger than anything that is put there. @throws IO */
export async function readBounded(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const stats = await stat(path);
    return stats.isFile() && stats.size <= maxBytes ? await readFile(path) : undefined;
  } catch (cause) {
    if (saysAbsent(cause)) return undefined;
    throw asIoError('read', path, cause);
  }
}

function tooLarge(bytes: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `a document of ${bytes} bytes is more than the ${MAX_BYTES} that are kept`, {
    hint: 'split the release into models of fewer files',
  });
}
