import { join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import type { ReleaseIndex } from '@weighbridge/ports/release-index';
import { releaseIndexSuite } from '@weighbridge/ports/testing/release-index-suite';
import { openSqlIndex } from './sql-index.js';

releaseIndexSuite('a SQLite file', async () => {
  const { path: folder, dispose } = temporaryFolder();
  const opened: ReleaseIndex[] = [];
  const open = async () => {
    const index = await openSqlIndex({ path: join(folder, 'index.sqlite') });
    opened.push(index);
    return index;
  };
  return {
    index: await open(),
    reopen: open,
    dispose: async () => {
      for (const index of opened) await index.close();
      dispose();
    },
  };
});
