import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { requireReplaceable } from '@weighbridge/durable-files/durable-write';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { temporaryName } from '@weighbridge/durable-files/temporary-file';
import type { PackageDraft } from '@weighbridge/ports/package-draft';
import { openReleaseFolder } from './local-release-folder.js';

const COPY_BYTES = 1024 * 1024;

/**
 * A package that is written beside its final name, in two files without a name that readers would look at: payloads, then
 * the whole. Both are gone after `close`.
 * @throws USAGE when nothing can be put at `path`; IO
 */
export async function openPackageDraft(path: string): Promise<PackageDraft> {
  requireReplaceable(path);
  const payloads = await openTemporary(path);
  const whole = await openTemporary(path);
  let isPublished = false;
  return {
    location: path,
    append: (bytes) => guarded(path, () => writeWhole(payloads.handle, bytes)),
    seal: (head) =>
      guarded(path, async () => {
        await writeWhole(whole.handle, head);
        await copyAll(payloads.handle, whole.handle);
        await whole.handle.sync();
        return (await openReleaseFolder(whole.path)).open(basename(whole.path));
      }),
    publish: () =>
      guarded(path, async () => {
        await rename(whole.path, path);
        isPublished = true;
        await syncFolder(dirname(path));
      }),
    close: async () => {
      for (const { handle } of [payloads, whole]) await handle.close();
      for (const temporary of isPublished ? [payloads] : [payloads, whole])
        await unlink(temporary.path).catch(() => {});
    },
  };
}

async function openTemporary(path: string): Promise<{ readonly path: string; readonly handle: FileHandle }> {
  const temporary = temporaryName(path);
  return { path: temporary, handle: await guarded(path, () => open(temporary, 'wx+', 0o644)) };
}

async function copyAll(from: FileHandle, to: FileHandle): Promise<void> {
  const buffer = new Uint8Array(COPY_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await from.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) return;
    await writeWhole(to, buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let have = 0; have < bytes.length; ) have += (await handle.write(bytes, have, bytes.length - have)).bytesWritten;
}

async function guarded<T>(path: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}
