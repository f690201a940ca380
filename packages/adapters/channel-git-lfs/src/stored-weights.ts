import type { ReleaseRef } from '@weighbridge/core/names';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { openRegular } from '@weighbridge/durable-files/regular-file';
import { isLfsPointer, LFS_POINTER_MAX_BYTES } from '@weighbridge/manifest/lfs-pointer';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { objectPath } from './lfs-objects.js';
import { damaged, taggedFile } from './tagged-tree.js';

/**
 * Bytes of a file from an offset on: from its object, or from the commit where it is a plain blob. Nothing is hashed;
 * whoever reads compares with the leaves.
 * @throws UNVERIFIABLE when neither is there; TAMPERED for another kind, and where an object ends early; IO; the signal's reason
 */
export async function* readStored(
  repository: string,
  ref: ReleaseRef,
  file: ManifestFile,
  offsetBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  if (!(await hasObject(repository, file))) return yield* readBlob(repository, ref, file, offsetBytes, signal);
  yield* readObject(repository, file, offsetBytes, signal);
}

async function hasObject(repository: string, file: ManifestFile): Promise<boolean> {
  const opened = await openObject(repository, file);
  await opened?.handle.close();
  return opened !== undefined;
}

async function openObject(repository: string, { path, sha256, size }: ManifestFile) {
  if (size === 0) return undefined;
  const object = objectPath(repository, sha256);
  const opened = await openRegular(object).catch((cause: unknown) => {
    throw asIoError('read', object, cause);
  });
  if (opened === 'absent') return undefined;
  if (typeof opened === 'string') throw damaged(object, path, `is a ${opened}`);
  // One that was cut still has good chunks: it is read to where it ends.
  if (opened.sizeBytes <= size) return opened;
  await opened.handle.close();
  throw damaged(object, path, `has ${opened.sizeBytes} bytes instead of ${size}`);
}

async function* readObject(
  repository: string,
  file: ManifestFile,
  offsetBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const opened = await openObject(repository, file);
  if (opened === undefined) throw weightsMissing(repository, file);
  // No Buffer, whose slices are no copies.
  const memory = new Uint8Array(Math.max(0, Math.min(CHUNK_BYTES, file.size - offsetBytes)));
  try {
    for (let at = offsetBytes; at < file.size; ) {
      signal?.throwIfAborted();
      const piece = memory.subarray(0, Math.min(CHUNK_BYTES, file.size - at));
      const { bytesRead } = await opened.handle.read(piece, 0, piece.length, at);
      if (bytesRead === 0) throw damaged(objectPath(repository, file.sha256), file.path, `ends at byte ${at}`);
      yield piece.subarray(0, bytesRead);
      at += bytesRead;
    }
  } catch (cause) {
    throw asIoError('read', objectPath(repository, file.sha256), cause);
  } finally {
    await opened.handle.close();
  }
}

/** A file that lies in the commit itself. @throws as `readStored` */
export async function* readBlob(
  repository: string,
  ref: ReleaseRef,
  file: ManifestFile,
  offsetBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  let skip = offsetBytes;
  let bytes = 0;
  // A pointer may be longer than the file that it points to.
  const maxBytes = Math.max(file.size, LFS_POINTER_MAX_BYTES);
  for await (const piece of taggedFile(repository, ref, file.path, maxBytes, signal)) {
    if (bytes === 0 && isLfsPointer(piece)) throw weightsMissing(repository, file);
    bytes += piece.length;
    if (bytes > file.size) break;
    if (piece.length > skip) yield piece.subarray(skip);
    skip = Math.max(0, skip - piece.length);
  }
  if (bytes !== file.size) throw damaged(repository, file.path, `has ${bytes} bytes instead of ${file.size}`);
}

function weightsMissing(repository: string, { path, sha256 }: ManifestFile): WeighbridgeError {
  return new WeighbridgeError(
    'UNVERIFIABLE',
    `the weights of ${showPath(path)} are missing in ${showPath(repository)}`,
    {
      hint: 'publish the release again, or fetch from another channel',
      details: { channel: 'git-lfs', file: showPath(path), expected: sha256 },
    },
  );
}
