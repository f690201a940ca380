import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isWeighbridgeError, systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { METADATA_FOLDER, pathProblem, showPath } from '@weighbridge/core/paths';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFile, syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError } from '@weighbridge/durable-files/io-error';

export interface UploadedFile {
  readonly path: string;
  readonly size: number;
}

/** Folders that clients fill over HTTP, each until it is registered or removed. */
export interface Uploads {
  create(): Promise<string>;
  /** Undefined when there is no such upload. */
  files(id: string): Promise<UploadedFile[] | undefined>;
  /**
   * Keeps one file, durably, whole or not at all; one that is there is replaced.
   * @param declaredBytes what the client says that it sends, if it does
   * @throws USAGE for an unknown upload and an unsafe path; LIMIT; IO when the disk is full
   */
  put(id: string, path: string, declaredBytes: number | undefined, body: Readable): Promise<UploadedFile>;
  /** Does nothing when it is absent. */
  remove(id: string): Promise<void>;
}

export interface UploadLimits {
  /** Bytes of all files of an upload. */
  readonly maxUploadBytes: number;
  readonly maxUploads: number;
}

/** Left free on the disk: the chain and the journals need to write on. */
const RESERVE_BYTES = 64 * 1024 * 1024;
const MAX_FILES = 100_000;

export function createUploads(folder: string, limits: UploadLimits): Uploads {
  const place = (id: string): string => join(folder, requireId(id));
  return {
    async create() {
      const count = (await namesIn(folder)).length;
      if (count >= limits.maxUploads) throw tooMany(limits.maxUploads);
      const id = randomBytes(16).toString('hex');
      await makeFolderDurably(join(folder, id, 'files'), 0o700);
      return id;
    },
    async files(id) {
      const top = join(place(id), 'files');
      return (await exists(top)) ? await listFiles(top, '') : undefined;
    },
    async put(id, path, declaredBytes, body) {
      const problem = pathProblem(path);
      const isOurs = path.split('/')[0]!.toLowerCase() === METADATA_FOLDER;
      if (problem !== undefined || isOurs) throw unusable(`the path ${showPath(path)} ${problem ?? 'is ours alone'}`);
      const known = await this.files(id);
      if (known === undefined) throw unusable('there is no such upload');
      if (known.length >= MAX_FILES) throw tooLarge(`more than ${MAX_FILES} files`);
      const used = known.reduce((sum, file) => (file.path === path ? sum : sum + file.size), 0);
      const roomBytes = await roomFor(place(id), limits.maxUploadBytes - used, declaredBytes);
      const size = await keepFile(place(id), path, body, roomBytes);
      return { path, size };
    },
    async remove(id) {
      await rm(place(id), { recursive: true, force: true });
    },
  };
}

async function roomFor(folder: string, leftBytes: number, declaredBytes = 0): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize - RESERVE_BYTES;
  if (declaredBytes > leftBytes) throw tooLarge(`more than the ${Math.max(0, leftBytes)} bytes that are left of it`);
  if (declaredBytes > freeBytes || freeBytes <= 0) throw diskFull();
  return Math.min(leftBytes, freeBytes);
}

async function keepFile(place: string, path: string, body: Readable, roomBytes: number): Promise<number> {
  const temporary = join(place, `${randomBytes(8).toString('hex')}.tmp`);
  const target = join(place, 'files', path);
  let size = 0;
  try {
    await pipeline(
      body,
      async function* count(pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          size += piece.length;
          if (size > roomBytes) throw tooLarge(`more than ${roomBytes} bytes`);
          yield piece;
        }
      },
      createWriteStream(temporary, { flags: 'wx', mode: 0o600 }),
    );
    await syncFile(temporary);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return size;
  } catch (cause) {
    await rm(temporary, { force: true });
    throw refusalOf(path, cause);
  }
}

function refusalOf(path: string, cause: unknown): unknown {
  if (isWeighbridgeError(cause)) return cause;
  const code = systemErrorCode(cause);
  if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST' || code === 'ENOTEMPTY')
    return unusable(`${showPath(path)} is both a file and a folder`);
  if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
    return unusable(`${showPath(path)} ended before it was whole`);
  return asIoError('write', path, cause);
}

async function listFiles(folder: string, prefix: string): Promise<UploadedFile[]> {
  const files: UploadedFile[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) files.push(...(await listFiles(join(folder, entry.name), `${path}/`)));
    else files.push({ path, size: (await stat(join(folder, entry.name))).size });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function namesIn(folder: string): Promise<string[]> {
  return (await exists(folder)) ? readdir(folder) : [];
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function requireId(id: string): string {
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  throw unusable('that is no id of an upload');
}

function unusable(problem: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `upload: ${problem}`, {
    hint: 'make an upload with POST /v1/uploads and put files with safe relative paths into it',
  });
}

function tooLarge(what: string): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `upload: ${what}`, {
    hint: 'ask the operator for a higher --max-upload, or for a --root to register from',
  });
}

function tooMany(most: number): WeighbridgeError {
  return new WeighbridgeError('BUSY', `there are ${most} uploads already`, {
    hint: 'register or delete one of them first',
  });
}

function diskFull(): WeighbridgeError {
  return new WeighbridgeError('IO', 'upload: the disk of the service has no room for it', {
    hint: 'delete uploads that nobody needs, or tell the operator',
  });
}
