import { FakeReleaseStore } from './fake-release-store.js';
import { releaseStoreSuite } from './release-store-suite.js';

releaseStoreSuite('in memory', async () => {
  const store = new FakeReleaseStore();
  return {
    store,
    reopen: async () => store,
    damage: async (kind, digest, bytes) => {
      (kind === 'manifest' ? store.manifests : store.leaves).set(digest, bytes);
    },
    remove: async (kind, digest) => {
      (kind === 'manifest' ? store.manifests : store.leaves).delete(digest);
    },
    litter: async () => {},
    makeReadOnly: async () => {
      store.isReadOnly = true;
    },
    withoutRoot: (task) => task(),
    dispose: async () => {},
  };
});
