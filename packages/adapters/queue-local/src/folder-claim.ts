import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';

/**
 * Excludes every other owner of a folder on this machine, whatever path it comes by, until released or dead.
 * It is the name of a socket in Linux's abstract namespace: the kernel gives it to one and frees it with the process,
 * so nothing can be left over. Nobody is answered there.
 * @returns how to give the folder back
 * @throws BUSY; the system's error
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const server = createServer((socket) => socket.destroy()).unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(systemErrorCode(error) === 'EADDRINUSE' ? busy(folder) : error));
    server.listen(`\0weighbridge-queue-${dev}-${ino}`, resolve);
  });
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function busy(folder: string): WeighbridgeError {
  return new WeighbridgeError('BUSY', `the queue in ${showPath(folder)} is open already`, {
    hint: 'let one process own it, or set WEIGHBRIDGE_REDIS_URL to share a queue among many',
    details: { file: showPath(folder) },
  });
}
