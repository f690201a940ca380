import { read } from 'node:fs';
import { promisify } from 'node:util';

const readAt = promisify(read);

/** The first bytes of an opened file, at most `maxBytes`, in as many reads as the system wants. */
export async function readUpTo(fd: number, maxBytes: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(maxBytes);
  let filled = 0;
  while (filled < maxBytes) {
    const { bytesRead } = await readAt(fd, bytes, filled, maxBytes - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
