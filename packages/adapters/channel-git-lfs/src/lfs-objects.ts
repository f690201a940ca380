import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Sha256 } from '@weighbridge/core/brands';
import type { DigestEngine, DigestOptions } from '@weighbridge/core/digest-engine';
import { toHex } from '@weighbridge/core/hex';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { openRegular, type RegularFile } from '@weighbridge/durable-files/regular-file';

/** Folder of all LFS objects of a repository. */
export function objectsFolder(repository: string): string {
  return join(repository, 'lfs', 'objects');
}

export function objectPath(repository: string, oid: Sha256): string {
  return join(objectsFolder(repository), oid.slice(0, 2), oid.slice(2, 4), oid);
}

/** What is wrong with an object, or undefined. */
type Problem = string | undefined;

/** The object must be a regular file of this size and digest that shares its bytes with no other. @throws IO, the signal's reason */
async function objectProblem(
  engine: Pick<DigestEngine, 'digestWhole'>,
  path: string,
  { oid, sizeBytes }: LfsObject,
  options: DigestOptions,
): Promise<Problem> {
  try {
    const opened = await openRegular(path);
    if (typeof opened === 'string') return opened === 'absent' ? 'is absent' : `is a ${opened}`;
    return await fileProblem(engine, opened, { oid, sizeBytes }, options);
  } catch (cause) {
    throw asIoError('read', path, cause);
  }
}

async function fileProblem(
  engine: Pick<DigestEngine, 'digestWhole'>,
  { handle, sizeBytes, linkCount }: RegularFile,
  object: LfsObject,
  options: DigestOptions,
): Promise<Problem> {
  try {
    if (sizeBytes !== object.sizeBytes) return `has ${sizeBytes} bytes`;
    // A clone on the same disk may have linked it; what is written there would come out here.
    if (linkCount !== 1) return `has ${linkCount} names`;
    const found = toHex(await engine.digestWhole('sha256', { fd: handle.fd, sizeBytes }, options));
    return found === object.oid ? undefined : `has the digest ${found}`;
  } finally {
    await handle.close();
  }
}

export interface LfsObject {
  readonly oid: Sha256;
  readonly sizeBytes: number;
}

/**
 * Gives a file that was fsynced its place in the store, unless a good one is there, and reads it back.
 * @returns what is wrong with what was read back; it was removed then
 * @throws IO, the signal's reason
 */
export async function adoptObject(
  engine: Pick<DigestEngine, 'digestWhole'>,
  repository: string,
  object: LfsObject,
  temporary: string,
  options: DigestOptions,
): Promise<Problem> {
  const path = objectPath(repository, object.oid);
  // Bytes are reported once, whichever of two is read: what stood here is reported when it is good.
  const { onBytes, ...silent } = options;
  if ((await objectProblem(engine, path, object, silent)) === undefined) {
    onBytes?.(object.sizeBytes);
    return undefined;
  }
  await makeFolderDurably(dirname(path), 0o700);
  await place(temporary, path);
  const problem = await objectProblem(engine, path, object, options);
  if (problem !== undefined) await rm(path, { force: true });
  return problem;
}

async function place(temporary: string, path: string): Promise<void> {
  try {
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}
