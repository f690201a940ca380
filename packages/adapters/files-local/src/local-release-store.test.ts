import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { sha3Digest } from '@weighbridge/core/sha3';
import { durableCalls } from '@weighbridge/durable-files/testing/durable-calls';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { expect, test } from 'vitest';
import { createReleaseStore } from './local-release-store.js';

const MANIFEST = Buffer.from('{}');
const DIGEST = sha3Digest(MANIFEST);

test('what is there already is made durable too: whoever wrote it may have died before its fsync', async () => {
  const { path, dispose } = temporaryFolder();
  await createReleaseStore({
    manifestsFolder: join(path, 'manifests'),
    leavesFolder: join(path, 'leaves'),
  }).putManifest(DIGEST, MANIFEST);
  const script = `
    import { createReleaseStore } from './local-release-store.js';
    const folder = process.argv[2];
    const store = createReleaseStore({ manifestsFolder: folder + '/manifests', leavesFolder: folder + '/leaves' });
    await store.putManifest('${DIGEST}', Buffer.from('{}'));
  `;
  expect(await durableCalls(import.meta.dirname, path, script)).toEqual([
    `fsync manifests/${DIGEST}.json`,
    'fsync manifests',
  ]);
  dispose();
});

test('a manifest that may not be read is IO, not absent', async () => {
  const { path, dispose } = temporaryFolder();
  const store = createReleaseStore({ manifestsFolder: join(path, 'manifests'), leavesFolder: join(path, 'leaves') });
  await store.putManifest(DIGEST, MANIFEST);
  chmodSync(join(path, 'manifests'), 0o755);
  chmodSync(join(path, 'manifests', `${DIGEST}.json`), 0o000);
  await expect(withoutRoot(() => store.getManifest(DIGEST))).rejects.toMatchObject({ code: 'IO' });
  dispose();
});
