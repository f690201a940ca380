import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { slotsSuite } from '@weighbridge/ports/testing/slots-suite';
import { openLocalSlots } from './testing/open-local-slots.js';

slotsSuite('a folder of this machine', async () => {
  const { path: root, dispose } = temporaryFolder();
  return {
    slots: await openLocalSlots(root),
    put: async (path, bytes) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), bytes);
    },
    filesOf: async (slot) => filesBelow(join(root, slot)),
    dispose: async () => dispose(),
  };
});

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
