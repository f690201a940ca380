import { lstatSync } from 'node:fs';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError, saysReadOnly } from '@weighbridge/durable-files/io-error';
import type { Document } from '@weighbridge/ports/document';
import { readWholeAndClose } from './bounded-read.js';
import { openRegularFile } from './regular-file.js';

/**
 * A document that is one file on this machine. A symlink at its name is refused, read and written alike: followed,
 * one that dangles would pass for a new device, and replaced, the file that it pointed to would fall behind.
 * @param mode permission bits of what is written, default 0600
 */
export function openDocument(path: string, { mode = 0o600 }: { readonly mode?: number } = {}): Document {
  return {
    location: path,
    read: (maxBytes) => readDocument(path, maxBytes),
    write: (bytes) => writeDocument(path, bytes, mode),
  };
}

async function readDocument(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    const opened = openRegularFile(path, 'refuse');
    if (opened === 'absent') return undefined;
    if (typeof opened === 'string') throw noFile(path, opened);
    return await readWholeAndClose(opened, maxBytes, path);
  } catch (cause) {
    throw asIoError('read', path, cause);
  }
}

async function writeDocument(path: string, bytes: Uint8Array, mode: number): Promise<boolean> {
  try {
    requireNoSymlink(path);
    await writeDurably(path, bytes, { mode });
    return true;
  } catch (cause) {
    const error = asIoError('write', path, cause);
    if (saysReadOnly(error)) return false;
    throw error;
  }
}

function requireNoSymlink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw noFile(path, 'symlink');
}

function noFile(path: string, kind: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(path)} is a ${kind}, no regular file`, {
    hint: kind === 'symlink' ? 'name the file that it points to' : 'remove it or name another file',
    details: { file: showPath(path) },
  });
}
