import { FakeReleaseFolder } from './fake-release-folder.js';
import { releaseFolderSuite } from './release-folder-suite.js';

releaseFolderSuite('in memory', async () => {
  const folder = new FakeReleaseFolder();
  return {
    folder,
    put: async (path, bytes) => folder.put(path, bytes),
    putOther: async (path, kind) => folder.putOther(path, kind),
    putNotUtf8: async () => folder.putNotUtf8('a\u{fffd}b'),
    overwrite: async (path, bytes) => folder.put(path, bytes),
    remove: async (path) => folder.remove(path),
    makeUnreadable: async (path) => folder.makeUnreadable(path),
    otherKinds: ['symlink', 'FIFO', 'socket', 'device'],
    withoutRoot: (task) => task(),
    dispose: async () => {},
  };
});
