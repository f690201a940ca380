import { lstat } from 'node:fs/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { showPath } from '@weighbridge/core/paths';
import { type FileKind, kindOf } from '@weighbridge/durable-files/file-kind';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { isRepository } from './bare-repository.js';
import { STREAM_SETTINGS } from './blob-batch.js';
import { GitExit, runGit } from './git-command.js';
import { gitOutput } from './git-output.js';
import { looseObjectPath, tagRef } from './repository-layout.js';

const OID = /^[0-9a-f]{40,64}\n$/;

/**
 * The id of what an expression names, for example `refs/tags/1.0.0:config.json`; undefined when there is no such thing.
 * @throws UNVERIFIABLE when there is no git; the signal's reason
 */
export async function resolveObject(
  repository: string,
  expression: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!(await isRepository(repository))) return undefined;
  try {
    const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', expression];
    const printed = await runGit(repository, args, signal && { signal });
    return OID.test(printed) ? printed.trim() : undefined;
  } catch (error) {
    if (error instanceof GitExit) return undefined;
    throw error;
  }
}

/**
 * A file of a tagged release, as it lies in its commit: bytes, or the pointer to them.
 * @param maxBytes more is LIMIT
 * @throws UNVERIFIABLE when there is none; TAMPERED when it cannot be read; LIMIT; the signal's reason
 */
export async function* taggedFile(
  repository: string,
  ref: ReleaseRef,
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const oid = await resolveObject(repository, `${tagRef(ref)}:${path}`, signal);
  if (oid === undefined) throw notThere(repository, ref, path);
  await requireReadable(repository, oid, path);
  let bytes = 0;
  try {
    const options = { settings: STREAM_SETTINGS, ...(signal && { signal }) };
    for await (const piece of gitOutput(repository, ['cat-file', 'blob', oid], options)) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLong(repository, path, maxBytes);
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.length);
    }
  } catch (cause) {
    if (cause instanceof GitExit) throw await unreadable(repository, oid, path, cause);
    throw cause;
  }
}

/** The whole of a small file of a release. @throws as `taggedFile` */
export async function readTagged(
  repository: string,
  ref: ReleaseRef,
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of taggedFile(repository, ref, path, maxBytes, signal)) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

/** git would wait for whoever writes into a FIFO, and follow a symlink. */
async function requireReadable(repository: string, oid: string, path: string): Promise<void> {
  const kind = await looseKind(repository, oid);
  if (kind !== 'file' && kind !== 'absent') throw damaged(repository, path, `is a ${kind} in the object store`);
}

/** What lies where an object would lie that is in no pack. @throws IO */
export async function looseKind(repository: string, oid: string): Promise<FileKind | 'absent'> {
  const object = looseObjectPath(repository, oid);
  try {
    return kindOf(await lstat(object, { bigint: true }));
  } catch (cause) {
    // It may lie in a pack.
    if (saysAbsent(cause)) return 'absent';
    throw asIoError('look at', object, cause);
  }
}

async function unreadable(repository: string, oid: string, path: string, cause: Error): Promise<WeighbridgeError> {
  if ((await looseKind(repository, oid)) !== 'absent') return damaged(repository, path, 'cannot be read', cause);
  return new WeighbridgeError('UNVERIFIABLE', `${showPath(path)} is missing in ${showPath(repository)}`, {
    hint: 'publish the release again, or fetch from another channel',
    details: { channel: 'git-lfs', file: showPath(path) },
    cause,
  });
}

function notThere(repository: string, ref: ReleaseRef, path: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${showPath(repository)} holds no ${showPath(path)} of ${ref.name}`, {
    hint: 'publish it with `weighbridge register`, or fetch from another channel',
    details: { channel: 'git-lfs', file: showPath(path) },
  });
}

export function damaged(repository: string, path: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${showPath(path)} ${problem} (${showPath(repository)})`, {
    hint: 'publish the release again, which replaces what is damaged, or fetch from another channel',
    details: { channel: 'git-lfs', file: showPath(path) },
    cause,
  });
}

function tooLong(repository: string, path: string, maxBytes: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${showPath(path)} has more than ${maxBytes} bytes in ${showPath(repository)}`, {
    hint: 'fetch from another channel',
    details: { channel: 'git-lfs', file: showPath(path) },
  });
}
