import { close } from 'node:fs';
import { promisify } from 'node:util';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { readUpTo } from '@weighbridge/durable-files/read-up-to';
import type { OpenedRegularFile } from './regular-file.js';

const closeFile = promisify(close);

/**
 * Reads a small file whole and closes it. Its size is compared before anything is read, and again while it grows.
 * @param what it is, for messages
 * @throws LIMIT over `maxBytes`; the system's error when it cannot be read
 */
export async function readWholeAndClose(
  { fd, stats }: OpenedRegularFile,
  maxBytes: number,
  path: string,
  what = 'the file',
): Promise<Uint8Array> {
  try {
    if (stats.size > BigInt(maxBytes)) throw tooLarge(`${what} ${showPath(path)}`, path, stats.size, maxBytes);
    // One byte more than it should have shows a file that grows.
    const bytes = await readUpTo(fd, Number(stats.size) + 1);
    if (bytes.length <= Number(stats.size)) return bytes;
    const whole = await readUpTo(fd, maxBytes + 1);
    if (whole.length > maxBytes) throw tooLarge(`${what} ${showPath(path)}`, path, BigInt(whole.length), maxBytes);
    return whole;
  } finally {
    await closeFile(fd);
  }
}

function tooLarge(what: string, path: string, sizeBytes: bigint, maxBytes: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${what} has ${sizeBytes} bytes, more than the ${maxBytes} allowed`, {
    hint: 'name the right file; one made by weighbridge is never that large',
    details: { file: showPath(path) },
  });
}
