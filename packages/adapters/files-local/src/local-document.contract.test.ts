import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { putOther } from '@weighbridge/durable-files/testing/put-other';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { withoutRoot } from '@weighbridge/durable-files/testing/without-root';
import { documentSuite } from '@weighbridge/ports/testing/document-suite';
import { openDocument } from './local-document.js';

documentSuite('a local file', async () => {
  const { path: folder, dispose } = temporaryFolder();
  const path = join(folder, 'state.json');
  writeFileSync(join(folder, 'target'), 'of a symlink');
  return {
    document: openDocument(path, { mode: 0o644 }),
    put: async (bytes) => writeFileSync(path, bytes),
    remove: async () => rmSync(path),
    obstruct: async (kind) => {
      if (kind === 'folder') mkdirSync(path);
      else await putOther(path, kind, 'target');
    },
    makeReadOnly: async () => chmodSync(folder, 0o555),
    makeUnreadable: async () => chmodSync(path, 0o000),
    neighbors: async () => readdirSync(folder).filter((name) => name !== 'state.json'),
    withoutRoot,
    dispose: async () => {
      chmodSync(folder, 0o755);
      dispose();
    },
  };
});
