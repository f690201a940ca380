import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { releaseStoreSuite, type StoredKind } from '@weighbridge/ports/testing/release-store-suite';
import { createReleaseStore } from './local-release-store.js';

releaseStoreSuite('local folders', async () => {
  const { path, dispose } = temporaryFolder();
  const folders = { manifestsFolder: join(path, 'manifests'), leavesFolder: join(path, 'leaves') };
  const all = Object.values(folders);
  const placeOf = (kind: StoredKind, digest: Digest): string =>
    kind === 'manifest' ? join(folders.manifestsFolder, `${digest}.json`) : join(folders.leavesFolder, digest);
  return {
    store: createReleaseStore(folders),
    reopen: async () => createReleaseStore(folders),
    damage: async (kind, digest, bytes) => writeFileSync(placeOf(kind, digest), bytes),
    remove: async (kind, digest) => rmSync(placeOf(kind, digest)),
    litter: async () => {
      for (const name of ['README.json', '.abc.json.0123456789abcdef.tmp', 'ab'.repeat(64)]) {
        writeFileSync(join(folders.manifestsFolder, name), 'x');
      }
      mkdirSync(join(folders.manifestsFolder, 'folder'));
    },
    makeReadOnly: async () => {
      for (const folder of all) {
        for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
        chmodSync(folder, 0o555);
      }
    },
    withoutRoot,
    dispose: async () => {
      for (const folder of all.filter((one) => existsSync(one))) chmodSync(folder, 0o755);
      dispose();
    },
  };
});
