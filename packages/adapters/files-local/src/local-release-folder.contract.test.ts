import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeSockets, isRoot, putOther } from '@weighbridge/durable-files/testing/put-other';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { releaseFolderSuite } from '@weighbridge/ports/testing/release-folder-suite';
import { openReleaseFolder } from './local-release-folder.js';

releaseFolderSuite('a local folder', async () => {
  const { path: root, dispose } = temporaryFolder();
  const locked: string[] = [];
  const inFolder = (path: string): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  return {
    folder: await openReleaseFolder(root),
    put: async (path, bytes) => writeFileSync(inFolder(path), bytes),
    putOther: async (path, kind) => putOther(inFolder(path), kind, 'real'),
    putNotUtf8: async () => writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from('61ff62', 'hex')]), ''),
    overwrite: async (path, bytes) => {
      // Kernels before 6.13 stamp a file with the last clock tick, up to 10 ms old.
      await sleep(25);
      writeFileSync(join(root, path), bytes);
    },
    remove: async (path) => rmSync(join(root, path)),
    makeUnreadable: async (path) => {
      chmodSync(join(root, path), 0o000);
      locked.push(join(root, path));
    },
    otherKinds: ['symlink', 'FIFO', 'socket', ...(isRoot ? (['device'] as const) : [])],
    withoutRoot,
    dispose: async () => {
      for (const path of locked) chmodSync(path, 0o755);
      closeSockets();
      dispose();
    },
  };
});
