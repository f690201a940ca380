import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { readWholeAndClose } from './bounded-read.js';
import { openRegularFile } from './regular-file.js';

/**
 * Reads a file that the user named by a flag or an argument; a symlink to a regular file is as good.
 * @param what it is, for messages: `the bundle`, `the trust file`
 * @throws USAGE when it is absent or no regular file; LIMIT over `maxBytes`, before anything is read; IO
 */
export async function readNamedFile(path: string, maxBytes: number, what: string): Promise<Uint8Array> {
  try {
    const opened = openRegularFile(path, 'follow');
    if (typeof opened === 'string') throw noFile(path, opened, what);
    return await readWholeAndClose(opened, maxBytes, path, what);
  } catch (cause) {
    throw asIoError(`read ${what}`, path, cause);
  }
}

function noFile(path: string, found: string, what: string): WeighbridgeError {
  const problem = found === 'absent' ? 'does not exist' : `is a ${found}, no regular file`;
  return new WeighbridgeError('USAGE', `${what} ${showPath(path)} ${problem}`, {
    hint: 'name an existing regular file',
    details: { file: showPath(path) },
  });
}
