import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';

export const isRoot = process.geteuid?.() === 0;

const ends: (() => void)[] = [];

/** Puts something at a path that is no regular file. The symlink leads to `target`. */
export async function putOther(
  path: string,
  kind: 'symlink' | 'FIFO' | 'socket' | 'device',
  target = '.',
): Promise<void> {
  if (kind === 'symlink') symlinkSync(target, path);
  if (kind === 'FIFO') execFileSync('mkfifo', [path]);
  if (kind === 'device') execFileSync('mknod', [path, 'c', '1', '5']);
  if (kind === 'socket') await listenAt(path);
}

/** Sockets vanish when nobody listens any more. */
export function closeSockets(): void {
  for (const end of ends.splice(0)) end();
}

function listenAt(path: string): Promise<void> {
  const server = createServer();
  ends.push(() => server.close());
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, resolve);
  });
}
