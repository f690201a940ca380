import { FakeReleaseFolder } from './fake-release-folder.js';
import { FakeSlots } from './fake-slots.js';
import { slotsSuite } from './slots-suite.js';

slotsSuite('in memory', async () => {
  const slots = new FakeSlots();
  slots.freeBytes = 1_000_000;
  return {
    slots,
    put: async (path, bytes) => {
      const slot = path[0] as 'a' | 'b';
      slots.folders[slot] ??= new FakeReleaseFolder();
      slots.folders[slot].put(path.slice(2), bytes);
    },
    filesOf: async (slot) => [...(slots.folders[slot]?.paths ?? [])].sort(),
    dispose: async () => {},
  };
});
