import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha3Digest } from '@weighbridge/core/sha3';
import { expect, test } from 'vitest';
import { createReleaseStore } from './local-release-store.js';
import { bundleScript, run } from './testing/script.js';
import { temporaryFolder } from './testing/temporary-folder.js';
import { withoutRoot } from './testing/without-root.js';

const MANIFEST = Buffer.from('{}');
const DIGEST = sha3Digest(MANIFEST);

test('what is there already is made durable too: whoever wrote it may have died before its fsync', async () => {
  const { path, dispose } = temporaryFolder();
  const folders = { manifestsFolder: join(path, 'manifests'), leavesFolder: join(path, 'leaves') };
  await createReleaseStore(folders).putManifest(DIGEST, MANIFEST);
  const script = join(path, 'script.mjs');
  const text = `
    import { createReleaseStore } from './local-release-store.js';
    await createReleaseStore(${JSON.stringify(folders)}).putManifest('${DIGEST}', Buffer.from('{}'));
  `;
  await bundleScript(text, script);
  const log = join(path, 'log');
  const traced = await run(
    'strace',
    '-f',
    '-y',
    '-qq',
    '-o',
    log,
    '-e',
    'trace=fsync,rename',
    process.execPath,
    script,
  );
  expect(traced.code).toBe(0);
  const synced = readFileSync(log, 'utf8').matchAll(/(\w+)\(\d+<([^>]*)>\)/g);
  expect([...synced].map(([, call, file]) => `${call} ${file!.slice(path.length + 1)}`)).toEqual([
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
